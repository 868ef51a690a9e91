import { readFileSync } from 'node:fs';

/** Looks at the kernel's count of out-of-memory kills. */
export interface OomWatch {
  /**
   * Whether the count proves that the out-of-memory killer struck a worker: it grew in a control group that is
   * the worker's own. In a group shared with others somebody else may have been killed.
   */
  proves(): boolean;
}

const LINE = { v2: /^0::(.*)$/m, v1: /^\d+:[^:]*\bmemory\b[^:]*:(.*)$/m };

/** Begins to watch the memory control group of a process; undefined where the kernel counts nothing. */
export function watchOom(pid: number, root = '/sys/fs/cgroup'): OomWatch | undefined {
  const file = counterFile(pid, root);
  const before = file === undefined ? undefined : killsIn(file);
  if (file === undefined || before === undefined) return undefined;
  const shared = file === counterFile('self', root);
  return { proves: () => !shared && (killsIn(file) ?? 0) > before };
}

function counterFile(pid: number | 'self', root: string): string | undefined {
  const groups = read(`/proc/${pid}/cgroup`) ?? '';
  const v1 = LINE.v1.exec(groups)?.[1];
  if (v1 !== undefined) return `${root}/memory${v1}/memory.oom_control`;
  const v2 = LINE.v2.exec(groups)?.[1];
  return v2 === undefined ? undefined : `${root}${v2}/memory.events`;
}

/** The same line in both versions of control groups. */
export function killsIn(file: string): number | undefined {
  const kills = /^oom_kill (\d+)$/m.exec(read(file) ?? '')?.[1];
  return kills === undefined ? undefined : Number(kills);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
