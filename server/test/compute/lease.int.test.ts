import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isAlive } from '../support/server.ts';
import { gone, startNode, type TestNode } from './node.ts';
import { StreamReader } from './reader.ts';

/** The worker looks every 5 s (lease.c); so long it has looked twice. */
const LOOKS_MS = 11_000;
let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.dispose());

const dirOf = (id: string): string => join(node.dataDir, 'sessions', id);
const pidOf = async (id: string): Promise<number> => (await node.client.get(id)).hello?.pid ?? 0;

async function killNode(): Promise<void> {
  const served = node.pid();
  process.kill(served, 'SIGKILL');
  await gone(served);
}

it('a worker lives without any server, ends when its session was removed, and takes its children along', async () => {
  const [stays, idle, busy] = [
    await node.session('stays'),
    await node.session('idle'),
    await node.session('busy'),
  ];
  const reader = await StreamReader.attach(node.client, busy);
  reader.send('system("sleep 1000 & echo $!"); repeat Sys.sleep(0.1)\n');
  await reader.until(({ type }) => type === 'c');
  const child = Number(reader.text);
  const pids = await Promise.all([stays, idle, busy].map(pidOf));
  const [lives = 0, ...end] = pids;
  await killNode();
  // Moved, not removed: still its own.
  renameSync(dirOf(stays), join(node.dataDir, 'elsewhere'));
  for (const id of [idle, busy]) rmSync(dirOf(id), { recursive: true });
  await Promise.all([...end.map(gone), gone(child)]);
  await delay(LOOKS_MS);
  expect(isAlive(lives)).toBe(true);
  renameSync(join(node.dataDir, 'elsewhere'), dirOf(stays));
  const again = await StreamReader.attach(node.client, stays);
  expect(await again.run('cat(Sys.getpid())')).toBe(String(lives));
  again.stream.destroy();
});

it('an idle worker wakes up no more than its lease needs', async () => {
  const id = await node.session('quiet');
  const switches = async (): Promise<number> => {
    const dir = `/proc/${await pidOf(id)}/task`;
    const counts = readdirSync(dir).map(
      (task) => /^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`${dir}/${task}/status`, 'utf8'))?.[1],
    );
    return counts.reduce((sum, n) => sum + Number(n), 0);
  };
  await delay(1_000);
  const before = await switches();
  await delay(LOOKS_MS);
  expect((await switches()) - before).toBeLessThanOrEqual(6);
});
