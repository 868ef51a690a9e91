import { readdirSync, readFileSync } from 'node:fs';

/** Names a process for good: process ids are used again, also after a reboot. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot, /proc/<pid>/stat. */
  readonly startTime: number;
  readonly bootId: string;
}

const PAGE_BYTES = 4096;

export const bootId = (): string => read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';

/** The identity of a running process; undefined when there is none. */
export function identify(pid: number): ProcessId | undefined {
  const startTime = statOf(pid)?.startTime;
  return startTime === undefined ? undefined : { pid, startTime, bootId: bootId() };
}

/** Whether this very process still runs; a zombie does not. */
export function isAlive(id: ProcessId): boolean {
  const stat = statOf(id.pid);
  return (
    stat !== undefined &&
    stat.startTime === id.startTime &&
    !'ZX'.includes(stat.state) &&
    id.bootId === bootId()
  );
}

/** Looks for the process that was started with this setting in its environment. */
export function findByEnvironment(name: string, value: string): ProcessId | undefined {
  const wanted = `${name}=${value}`;
  const has = (pid: string): boolean => (read(`/proc/${pid}/environ`) ?? '').split('\0').includes(wanted);
  const found = readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && has(pid));
  return found === undefined ? undefined : identify(Number(found));
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number | undefined {
  const pages = read(`/proc/${pid}/statm`)?.split(' ')[1];
  return pages === undefined ? undefined : Number(pages) * PAGE_BYTES;
}

/** The limit of the address space that is in force, in bytes; undefined when there is none. */
export function addressSpaceLimit(pid: number): number | undefined {
  const soft = /^Max address space\s+(\d+)/m.exec(read(`/proc/${pid}/limits`) ?? '')?.[1];
  return soft === undefined ? undefined : Number(soft);
}

/** Signals a process group that a worker leads; false when nobody is left in it. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

function statOf(pid: number): { state: string; startTime: number } | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name in parentheses may hold anything; fields 3 (state) and 22 (start time) follow the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? 'X', startTime: Number(fields[19]) };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
