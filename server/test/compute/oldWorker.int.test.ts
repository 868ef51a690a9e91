import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeRecord, inputFrame, InputFlag, toUtf8, WORKER_PROTOCOL } from '@farside/protocol';
import { identify } from '../../src/compute/sessions/process.ts';
import { gone, startNode, temporaryDir, type TestNode } from './node.ts';
import { startOldSession } from './oldWorker.ts';
import { StreamReader } from './reader.ts';

const dataDir = temporaryDir();
const ids = ['old', 'saved', 'killed'];
let pids: number[];
let node: TestNode;

/** A directory as a server of the future may leave it: a journal, a socket, a living process. */
async function startFutureSession(id: string): Promise<() => number> {
  const dir = join(dataDir, 'sessions', id);
  mkdirSync(join(dir, 'journal'), { recursive: true });
  const hello = {
    protocol: WORKER_PROTOCOL + 1,
    pid: process.pid,
    rVersion: '9.0.0',
    rHome: '/r',
    platform: 'x',
    workdir: '/w',
  };
  const record = (seq: number, type: string, text: string, flag = ''): Uint8Array =>
    encodeRecord({ seq, time: 1, type, flag: flag.charCodeAt(0) || 0, payload: toUtf8(text) }, crc32);
  writeFileSync(
    join(dir, 'journal', '0000000000000001'),
    Buffer.concat([record(1, 'H', JSON.stringify(hello)), record(2, 'P', '> ', 't')]),
  );
  const meta = { id, name: id, owner: 'tester', workdir: '/w', created: 1, process: identify(process.pid) };
  writeFileSync(join(dir, 'session.json'), JSON.stringify(meta));
  let bytes = 0;
  const server = createServer((socket) => socket.on('data', (data) => (bytes += data.length)));
  await new Promise<void>((resolve) => server.listen(join(dir, 'ctl.sock'), resolve));
  server.unref();
  return () => bytes;
}
let futureBytes: () => number;

beforeAll(async () => {
  pids = [];
  for (const id of ids) pids.push(await startOldSession(dataDir, id));
  futureBytes = await startFutureSession('future');
  node = await startNode(dataDir);
});
afterAll(async () => {
  // The session of the future is this process: the node must not end it.
  process.kill(node.pid(), 'SIGKILL');
  for (const pid of pids) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  node.client.close();
});

it('serves a worker of protocol 1: inputs, output, plots, interrupts, calls, cursors', async () => {
  const info = await node.client.get('old');
  expect(info.hello).toMatchObject({ protocol: 1, pid: pids[0] });
  expect(info.state).toMatchObject({ state: 'idle', prompt: 'top' });
  const reader = await StreamReader.attach(node.client, 'old');
  expect(await reader.run('1 + 1')).toBe('[1] 2\n');
  expect(await reader.run('system("echo child")')).toBe('child\n');
  const input = { client: 7n, counter: 1, flag: InputFlag.line, display: '', text: 'x <- "once"; cat(x)\n' };
  for (let n = 0; n < 2; n++) reader.stream.write(inputFrame(input));
  await reader.until(({ type, aux, seq }) => seq === 0 && type === 'a' && aux === 1);
  expect(await reader.run('cat("next")')).toMatch(/^(once)?next$/);
  expect(reader.text.split('once')).toHaveLength(2);
  await reader.run('plot(1)');
  await reader.until(({ type }) => type === 'G');
  const plots = await node.client.plots('old', 'plots/1?format=svg&width=300&height=200&scale=1');
  expect(plots.type).toBe('image/svg+xml');
  plots.body.destroy();

  const before = reader.records.length;
  reader.send('repeat Sys.sleep(0.01)\n');
  await reader.until(({ type }) => type === 'I', before);
  await node.client.interrupt('old');
  await reader.until(({ type }) => type === 'E', before);
  await reader.until(({ type }) => type === 'P', reader.records.length - 1);
  expect(await node.client.callText('old', 'x', 5000)).toBe('once');

  const cursor = 5;
  const late = await StreamReader.attach(node.client, 'old', cursor);
  await late.until(({ seq }) => seq >= reader.cursor);
  expect(late.journaled.map(({ seq }) => seq)).toEqual(
    reader.journaled.map(({ seq }) => seq).filter((seq) => seq > cursor),
  );
  late.stream.destroy();

  const served = node.pid();
  process.kill(served, 'SIGKILL');
  await Promise.all([gone(served), reader.closed]);
  const again = await StreamReader.attach(node.client, 'old', reader.cursor);
  expect(await again.run('cat(x)')).toBe('once');
  expect((await node.client.end('old')).state).toMatchObject({ state: 'ended', final: { cause: 'asked' } });
  await again.closed;
  expect(again.records.at(-1)?.type).toBe('Q');
});

it('does not ask it for what it does not know: it ends without saving its workspace', async () => {
  const ended = await node.client.end('saved', { saveWorkspace: true });
  expect(ended.state).toMatchObject({ state: 'ended', final: { cause: 'asked' } });
  expect(ended.workspaceSaved).toBeUndefined();
});

it('writes its last word when it was killed', async () => {
  const reader = await StreamReader.attach(node.client, 'killed');
  expect(await reader.run('cat("before")')).toBe('before');
  process.kill(pids[2] ?? 0, 'SIGKILL');
  await reader.until(({ type }) => type === 'Q');
  await reader.closed;
});

it('lists a worker of a protocol to come, leaves it alone, and says so', async () => {
  const info = await node.client.get('future');
  expect(info).toMatchObject({ hello: { protocol: WORKER_PROTOCOL + 1 }, state: { state: 'idle' } });
  const tooNew = { code: 'workerTooNew', details: { version: WORKER_PROTOCOL + 1 } };
  await expect(node.client.attach('future', 0)).rejects.toMatchObject(tooNew);
  await expect(node.client.interrupt('future')).rejects.toMatchObject(tooNew);
  await expect(node.client.callText('future', '1', 1000)).rejects.toMatchObject(tooNew);
  // One attach frame a node: 5 bytes of header, 9 of payload.
  expect(futureBytes() % 14).toBe(0);
});
