import { existsSync, globSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../server/test/support/server.ts';

const LOOK_EVERY_MS = 50;
/** How long a process may take to go after its session was ended. */
const GONE_WITHIN_MS = 15_000;

/** Living processes whose environment has the mark. */
export function marked(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isAlive(pid) && environment(pid).includes(`CHAOS_MARK=${mark}`));
}

/**
 * Workers that wait to become a session: their directory has no session's name yet. Only those that are ready: what
 * an R leaves that is killed in its first moments, before it has said where, is not promised to go.
 */
export function spareWorkers(mark: string): number[] {
  return marked(mark).filter((pid) => {
    const directory = linkIf(`/proc/${pid}/cwd`);
    const isR = readIf(`/proc/${pid}/comm`).trim() === 'R';
    return isR && directory.includes('/.spare-') && existsSync(join(directory, 'tempdir'));
  });
}

/** What an open descriptor refers to, for each one of a process. */
export function descriptors(pid: number): string[] {
  const dir = `/proc/${pid}/fd`;
  return readdirSync(dir).flatMap((fd) => {
    try {
      return [readlinkSync(join(dir, fd))];
    } catch {
      return [];
    }
  });
}

/** Names what is left once all sessions have ended and the nodes have stopped. */
export async function leftBehind(stage: {
  mark: string;
  dataDir: string;
  tempDir: string;
}): Promise<string[]> {
  for (const until = Date.now() + GONE_WITHIN_MS; marked(stage.mark).length > 0 && Date.now() < until;)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  return [
    ...marked(stage.mark).map((pid) => `process ${pid}: ${commandOf(pid)}`),
    ...readdirSync(stage.tempDir).map((name) => `temporary ${name}`),
    ...globSync('sessions/*/ctl.sock', { cwd: stage.dataDir }).map((name) => `socket ${name}`),
  ];
}

/** Descriptors that a node should not have when no session is open; what was just let go of may take a moment. */
export async function openDescriptors(name: string, pid: number, atMost: number): Promise<string[]> {
  for (const until = Date.now() + GONE_WITHIN_MS; ; await new Promise((r) => setTimeout(r, LOOK_EVERY_MS))) {
    const leaks = tooMany(name, pid, atMost);
    if (leaks.length === 0 || Date.now() > until) return leaks;
  }
}

function tooMany(name: string, pid: number, atMost: number): string[] {
  const all = descriptors(pid);
  const journals = all.filter((target) => /\/(journal|sessions)\//.test(target));
  const leaks = journals.map((target) => `${name}: still open: ${target}`);
  if (all.length > atMost)
    leaks.push(`${name}: ${all.length} descriptors, ${atMost} expected at most: ${kindsOf(all)}`);
  return leaks;
}

function kindsOf(targets: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const target of targets) {
    const kind = target.replace(/:?\[.*/, '');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function environment(pid: number): string[] {
  return readIf(`/proc/${pid}/environ`).split('\0');
}
const commandOf = (pid: number): string => readIf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 120);

function readIf(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}

function linkIf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
