import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitOf } from '../../src/compute/launch/exitRecord.ts';
import type { SessionMeta } from '../../src/compute/sessions/meta.ts';
import { gone, startNode, type TestNode } from './node.ts';
import { StreamReader } from './reader.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.dispose());

const metaOf = (id: string): SessionMeta =>
  JSON.parse(readFileSync(join(node.dataDir, 'sessions', id, 'session.json'), 'utf8'));

async function killNode(): Promise<void> {
  const served = node.pid();
  process.kill(served, 'SIGKILL');
  await gone(served);
}

/** R without a final record: what only its parent saw. */
async function dieUnseen(id: string, how: (r: number) => Promise<void> | void): Promise<SessionMeta> {
  const meta = metaOf(id);
  await killNode();
  await how(meta.process?.pid ?? 0);
  await gone(meta.process?.pid ?? 0);
  await gone(meta.parent?.pid ?? 0);
  return meta;
}

describe('a death that no compute node saw', () => {
  it('is explained by the record of R’s parent: a signal', async () => {
    const id = await node.session('bus');
    const { process: worker, parent } = await dieUnseen(id, (pid) => void process.kill(pid, 'SIGKILL'));
    expect(parent?.pid).not.toBe(worker?.pid);
    expect((await node.client.get(id)).state).toEqual({
      state: 'ended',
      final: { cause: 'killed', message: 'R was killed by SIGKILL from outside.', signal: 'SIGKILL' },
    });
  });

  it('stays without an explanation when the parent was killed too', async () => {
    const id = await node.session('both');
    await dieUnseen(id, (pid) => {
      process.kill(metaOf(id).parent?.pid ?? 0, 'SIGKILL');
      process.kill(pid, 'SIGKILL');
    });
    expect((await node.client.get(id)).state).toMatchObject({
      final: { cause: 'killed', message: 'R was killed from outside.' },
    });
  });
});

it.each([
  [0, { status: 0 }],
  [75, { status: 75 }],
  [139, { signal: 'SIGSEGV' }],
  [137, { signal: 'SIGKILL' }],
  [255, { status: 255 }],
])('a shell’s %i is %o', (code, exit) => expect(exitOf(code)).toEqual(exit));

it('the parent stays through signals, and goes with R', async () => {
  const id = await node.session('signals');
  const parent = metaOf(id).parent?.pid ?? 0;
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.kill(parent, signal);
  const reader = await StreamReader.attach(node.client, id);
  expect(await reader.run('1 + 1')).toBe('[1] 2\n');
  // What R starts must not be deaf to signals because its parent is.
  const ignored = await reader.run('cat(system("grep SigIgn /proc/self/status", intern = TRUE))');
  expect(Number.parseInt(ignored.split('\t')[1] ?? '', 16) & 0b11).toBe(0);
  await node.client.end(id);
  await gone(parent);
  expect(readFileSync(join(node.dataDir, 'sessions', id, 'exit'), 'utf8')).toBe('0\n');
});

it('nothing is left of R that was killed: its temporary directory goes', async () => {
  const id = await node.session('tidy');
  const reader = await StreamReader.attach(node.client, id);
  const dir = (await reader.run('writeLines("x", tempfile()); cat(tempdir())')).trim();
  expect(existsSync(dir)).toBe(true);
  await dieUnseen(id, (pid) => void process.kill(pid, 'SIGKILL'));
  await node.client.get(id);
  expect(existsSync(dir)).toBe(false);
  expect(existsSync(dirname(dir))).toBe(true);
});
