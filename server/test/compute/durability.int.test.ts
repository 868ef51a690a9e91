import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gone, startNode, type TestNode } from './node.ts';
import { StreamReader } from './reader.ts';

const LINES = 120_000;
const KILLS = 5;
/** Lines between two kills; one part more comes after the last. */
const PART = LINES / (KILLS + 1);
let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.dispose());

const rss = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${node.pid()}/status`, 'utf8'))?.[1]);

it('goes on with the same R after the node was killed: every line once, inputs too', async () => {
  const id = await node.session('survivor');
  const pid = (await node.client.get(id)).hello?.pid;
  let reader = await StreamReader.attach(node.client, id);
  // R waits before each part: every kill falls into output, however long a node takes to start.
  const go = (part: number): string => join(node.dataDir, 'work', id, `go${part}`);
  reader.send(
    `for (i in 1:${LINES}) { if (i %% ${PART} == 1) while (!file.exists(paste0("go", i %/% ${PART}))) Sys.sleep(0.01); cat(i, "\\n", sep = "") }\n`,
  );
  let [text, cursor] = ['', 0];
  const hello = (await reader.until(({ type }) => type === 'P')).seq;
  for (let kills = 0; kills < KILLS; kills++) {
    writeFileSync(go(kills), '');
    await reader.until(({ type, seq }) => type === 'o' && seq > Math.max(cursor, hello));
    const served = node.pid();
    process.kill(served, 'SIGKILL');
    await Promise.all([reader.closed, gone(served)]);
    [text, cursor] = [text + reader.text, reader.cursor || cursor];
    reader = await StreamReader.attach(node.client, id, cursor);
    expect(node.pid()).not.toBe(served);
  }
  writeFileSync(go(KILLS), '');
  await reader.until(({ type, seq }) => type === 'P' && seq > hello);
  text += reader.text;
  expect(text).toBe(Array.from({ length: LINES }, (_, n) => `${n + 1}\n`).join(''));
  expect((await node.client.get(id)).hello?.pid).toBe(pid);
  expect(await reader.run('1 + 1')).toContain('[1] 2\n');
  reader.stream.destroy();
});

it('finds out that a worker died while no node was there', async () => {
  const id = await node.session('orphan');
  const pid = (await node.client.get(id)).hello?.pid ?? 0;
  const served = node.pid();
  process.kill(served, 'SIGKILL');
  await gone(served);
  process.kill(pid, 'SIGKILL');
  await gone(pid);
  const reader = await StreamReader.attach(node.client, id);
  await reader.closed;
  expect(reader.records.at(-1)?.type).toBe('Q');
  expect((await node.client.get(id)).state).toMatchObject({ state: 'ended', final: { cause: 'killed' } });
});

it('finds a worker that the killed node had no time to write down', async () => {
  const id = await node.session('unwritten');
  const served = node.pid();
  process.kill(served, 'SIGKILL');
  await gone(served);
  const file = join(node.dataDir, 'sessions', id, 'session.json');
  const { process: worker, ...meta } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(meta));
  const reader = await StreamReader.attach(node.client, id);
  expect(await reader.run('cat(Sys.getpid())')).toBe(String(worker.pid));
  reader.stream.destroy();
});

it('names records that are damaged on disk, and goes live behind them', async () => {
  const id = await node.session('damaged');
  const first = await StreamReader.attach(node.client, id);
  await first.run('1 + 1');
  const lost = first.cursor;
  first.stream.destroy();
  const file = join(node.dataDir, 'sessions', id, 'journal', '0000000000000001');
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0xff;
  writeFileSync(file, bytes);
  const reader = await StreamReader.attach(node.client, id);
  const stone = await reader.until(({ type }) => type === 'T');
  expect(JSON.parse(Buffer.from(stone.payload).toString())).toMatchObject({ from: lost, to: lost });
  expect(await reader.run('2 + 2')).toBe('[1] 4\n');
  reader.stream.destroy();
});

it('leaves the workers alive when it is asked to stop', async () => {
  const id = await node.session('stays');
  const served = node.pid();
  process.kill(served, 'SIGTERM');
  await gone(served);
  const reader = await StreamReader.attach(node.client, id);
  expect(node.pid()).not.toBe(served);
  expect(await reader.run('1 + 1')).toBe('[1] 2\n');
  reader.stream.destroy();
});

it('holds no more for a reader that stopped, and does not slow the others', async () => {
  const id = await node.session('flood');
  const stopped = await node.client.attach(id, 0);
  stopped.stream.pause();
  const reader = await StreamReader.attach(node.client, id);
  await reader.run('x <- strrep("a", 1e6)');
  await reader.run('for (i in 1:20) cat(x)');
  const before = rss();
  for (let n = 0; n < 5; n++) {
    await reader.run('for (i in 1:40) cat(x)');
    reader.records.length = 0;
  }
  // 200 MB went by; buffers of the reader that reads are garbage at most.
  expect(rss() - before).toBeLessThan(96 * 1024);
  const late = new StreamReader(stopped.stream, stopped.head);
  stopped.stream.resume();
  const { head } = await node.client.get(id);
  await late.until(({ seq }) => seq >= head);
  expect(late.text.length).toBe(220e6);
  stopped.stream.destroy();
  reader.stream.destroy();
});

it('tells about changes', async () => {
  const stop = new AbortController();
  const changes = node.client.changes(stop.signal);
  const first = changes.next();
  await node.session('news');
  expect((await first).value).toMatchObject({ id: 'news', owner: 'tester' });
  stop.abort();
  await changes.return(undefined);
});
