import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ComputeClient } from '../src/compute/client.ts';
import { StreamReader } from './compute/reader.ts';
import { isAlive, processGone, startServer, type TestServer } from './support/server.ts';

/** All that this server starts has this for its temporary directory, and is found by it. */
const TMPDIR = mkdtempSync(join(tmpdir(), 'farside-leaks-'));
const LOOK_EVERY_MS = 20;
let server: TestServer;
let compute: ComputeClient;
let count = 0;

beforeAll(async () => {
  server = await startServer({ env: { TMPDIR } });
  compute = new ComputeClient(server.dataDir);
});
afterAll(async () => {
  compute.close();
  await server.stop();
  rmSync(TMPDIR, { recursive: true, force: true });
});

const sessionsDir = (): string => join(server.dataDir, 'sessions');

async function session(profile = '', more: { memoryLimit?: number } = {}): Promise<string> {
  const id = `s${++count}`;
  const workdir = join(server.dataDir, 'folders', id);
  mkdirSync(workdir, { recursive: true });
  if (profile) writeFileSync(join(workdir, '.Rprofile'), profile);
  await compute.create({ id, name: id, owner: 'tester', workdir, ...more });
  return id;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** What this server has running, by kind. */
function processes(): string[] {
  const mine = (pid: string): boolean => `\0${read(`/proc/${pid}/environ`)}`.includes(`\0TMPDIR=${TMPDIR}`);
  const pids = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && isAlive(Number(name)) && mine(name),
  );
  return pids.map((pid) => kindOf(read(`/proc/${pid}/cmdline`).split('\0'))).sort();
}

function kindOf(command: string[]): string {
  if (command.includes('farside-parent')) return 'parent';
  if (command.includes('serve') || command.includes('compute')) return 'node';
  return command[0]?.endsWith('/exec/R') ? 'R' : command.join(' ').trim();
}

/** Open descriptors of the compute node by what they are. */
function descriptors(): string[] {
  const dir = `/proc/${server.computePid()}/fd`;
  return readdirSync(dir)
    .map((fd) => link(join(dir, fd)).replace(/\d+/g, 'N'))
    .filter((target) => target !== '')
    .sort();
}

const sockets = (): string[] =>
  readdirSync(sessionsDir()).filter((id) => readdirSync(join(sessionsDir(), id)).includes('ctl.sock'));
const temporary = (): string[] => readdirSync(TMPDIR).map((name) => name.replace(/-?\w{6}$/, ''));

interface State {
  processes: string[];
  temporary: string[];
  sockets: string[];
  descriptors: number;
}
const state = (): State => ({
  processes: processes(),
  temporary: temporary(),
  sockets: sockets(),
  descriptors: descriptors().length,
});

/** Processes of others tell nobody that they end: this looks until all is as wanted, or the hang guard comes. */
async function settles(wanted: State): Promise<void> {
  for (let now = state(); ; now = state()) {
    const more = now.descriptors > wanted.descriptors;
    if (!more && same(now.processes, wanted.processes) && same(now.temporary, wanted.temporary)) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  expect(state()).toEqual({ ...wanted, descriptors: expect.any(Number) });
}
const same = (a: string[], b: string[]): boolean => a.join() === b.join();

/** A server that waits: two nodes, one spare with its parent and its temporary directory, nothing else. */
const AT_REST = { processes: ['R', 'node', 'node', 'parent'], temporary: ['Rtmp'], sockets: [] };

async function atRest(): Promise<State> {
  while ((await compute.health()).spares < 1) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  return { ...AT_REST, descriptors: descriptors().length };
}

async function run(id: string, code: string): Promise<void> {
  const reader = await StreamReader.attach(compute, id);
  await reader.run(code);
  reader.stream.destroy();
}

const pidOf = async (id: string): Promise<number> => (await compute.get(id)).hello?.pid ?? 0;

/** One of each way in which a session comes to its end. */
const ENDS: Record<string, () => Promise<void>> = {
  'an end in order': async () => {
    const id = await session();
    await run(id, 'x <- tempfile(); writeLines("x", x)');
    await compute.end(id, { graceMs: 10_000, saveWorkspace: true });
  },
  'an end by force, with children': async () => {
    const id = await session();
    await run(id, 'system("sleep 1000 & sleep 1000 &"); writeLines("x", tempfile())');
    await compute.end(id, { force: true });
  },
  'R killed': async () => {
    const id = await session();
    await run(id, 'writeLines("x", tempfile())');
    const pid = await pidOf(id);
    process.kill(pid, 'SIGKILL');
    await processGone(pid);
  },
  'readers that drop in the middle': async () => {
    const id = await session();
    const readers = await Promise.all(Array.from({ length: 8 }, () => StreamReader.attach(compute, id)));
    readers[0]?.send('for (i in 1:2000) cat(strrep("x", 1e4))\n');
    await Promise.all(readers.map((reader) => reader.until(({ type }) => type === 'o')));
    for (const reader of readers) reader.stream.destroy();
    await compute.end(id, { force: true });
  },
  'starts that fail': async () => {
    await expect(session('quit("no", 3)\n')).rejects.toMatchObject({ code: 'sessionStartFailed' });
    await expect(session('', { memoryLimit: 30 * 1024 * 1024 })).rejects.toMatchObject({
      code: 'sessionStartFailed',
    });
    await expect(session('packageEvent; quit("no", 3)\n')).rejects.toMatchObject({
      code: 'sessionStartFailed',
    });
  },
  'a session that is removed': async () => {
    const id = await session();
    await compute.end(id);
    await compute.remove(id);
  },
};

describe('nothing is left', () => {
  it.each(Object.keys(ENDS))('of %s', async (name) => {
    // Once to warm up: connections that are kept, files that stay open.
    await ENDS[name]?.();
    const before = await atRest();
    await settles(before);
    for (let n = 0; n < 3; n++) await ENDS[name]?.();
    await settles(before);
  });

  it('of a compute node that was killed with a session, a spare and a helper that draws', async () => {
    const id = await session();
    await run(id, 'plot(1)');
    const drawn = await compute.plots(id, 'plots/1?format=png&width=400&height=400&scale=1');
    for await (const _ of drawn.body);
    expect(temporary()).toContainEqual(expect.stringContaining('farside-render-'));
    const pid = server.computePid();
    await atRestWith(['R', 'R', 'R', 'node', 'node', 'parent', 'parent']);
    process.kill(pid, 'SIGKILL');
    await processGone(pid);
    // Helper and spare read a pipe of the dead one; the session goes on, and the web node starts another node.
    await settlesTo(['R', 'R', 'node', 'node', 'parent', 'parent']);
    await run(id, '1 + 1');
    await compute.end(id);
    await settles(await atRest());
  });
});

async function settlesTo(wanted: string[]): Promise<void> {
  while (!same(processes(), wanted)) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}
async function atRestWith(wanted: string[]): Promise<void> {
  await atRest();
  await settlesTo(wanted);
}
