import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readInputId, readTombstone, type JournalRecord, type Tombstone } from '@farside/protocol';
import { gone, startNode, type TestNode } from './node.ts';
import { StreamReader } from './reader.ts';

const MIB = 1024 * 1024;
let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.dispose());

const stones = (records: readonly JournalRecord[]): Tombstone[] =>
  records.flatMap(({ type, payload }) => (type === 'T' ? [readTombstone(payload) as Tombstone] : []));

it('a session with a bound: adopted, followed, killed and closed as any other, with its output named', async () => {
  const id = await node.session('bounded', { journalBytes: MIB });
  const first = await StreamReader.attach(node.client, id);
  await first.run('x <- strrep("x", 99999)');
  for (let i = 0; i < 5; i++) await first.run('for (i in 1:20) cat(x, "\\n", sep = "")');
  first.stream.destroy();
  expect(first.text.length).toBe(10_000_000);
  expect(stones(first.journaled)).toEqual([]);

  const served = node.pid();
  process.kill(served, 'SIGKILL');
  await gone(served);
  const late = await StreamReader.attach(node.client, id);
  expect((await node.client.get(id)).state).toMatchObject({ state: 'idle', prompt: 'top' });
  await late.until(({ seq }) => seq >= first.cursor);
  const named = stones(late.journaled);
  expect(named.map(({ reason }) => reason)).toEqual(named.map(() => 'retention'));
  expect(late.text.length + named.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(10_000_000);
  const control = (reader: StreamReader): number[] =>
    reader.journaled.filter(({ type }) => 'HPAI'.includes(type)).map(({ seq }) => seq);
  expect(control(late)).toEqual(control(first));

  const before = late.records.length;
  late.send('repeat { cat(x); Sys.sleep(0.01) }\n1 + 1\n');
  await late.until(({ type }) => type === 'I', before);
  process.kill((await node.client.get(id)).hello?.pid ?? 0, 'SIGKILL');
  await late.until(({ type }) => type === 'Q', before);
  const [dropped] = late.records.slice(before).filter(({ type }) => type === 'D');
  const [taken] = late.records.slice(before).filter(({ type }) => type === 'A');
  expect(dropped && readInputId(dropped.payload)).toEqual(taken && readInputId(taken.payload));
  await late.closed;
  expect(readdirSync(join(node.dataDir, 'sessions', id, 'journal')).length).toBeLessThan(16);
});
