import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeInput, encodeRecord, readInputId, recordLength } from '@farside/protocol';
import { restoreView } from '../../src/compute/journal/head.ts';
import { JournalReader } from '../../src/compute/journal/reader.ts';
import { writeFinal } from '../../src/compute/journal/recover.ts';
import { segmentPath } from '../../src/compute/journal/segments.ts';
import { makeJournal, readAll, record, records } from './journalFile.ts';

const FINAL = { cause: 'killed', message: 'R was killed.' } as const;

function tail(seq: number, text: string, isError = 0): Buffer {
  const header = Buffer.alloc(16);
  header.writeBigUInt64LE(BigInt(seq), 0);
  header.writeUInt32LE(Buffer.byteLength(text), 8);
  header.writeUInt32LE(isError, 12);
  return Buffer.concat([header, Buffer.from(text), Buffer.alloc(100)]);
}

it('appends the text that only the tail held, then the final record', async () => {
  const dir = makeJournal({ 1: records(1, 3) });
  const tailFile = join(dir, 'tail');
  writeFileSync(tailFile, tail(4, 'last words', 1));
  appendFileSync(segmentPath(dir, 1), record(4).subarray(0, 33));
  expect(await writeFinal(dir, tailFile, 0, FINAL)).toBe(5);
  expect((await readAll(dir)).slice(3)).toEqual([
    { seq: 4, type: 'e', text: 'last words' },
    { seq: 5, type: 'Q', text: JSON.stringify(FINAL) },
  ]);
});

it('does not repeat text that reached the journal', async () => {
  const dir = makeJournal({ 1: records(1, 3) });
  const tailFile = join(dir, 'tail');
  writeFileSync(tailFile, tail(3, 'text 3'));
  expect(await writeFinal(dir, tailFile, 2, FINAL)).toBe(4);
  expect((await readAll(dir)).map(({ type }) => type)).toEqual(['o', 'o', 'o', 'Q']);
});

it('writes a journal for a worker that never wrote one', async () => {
  const dir = makeJournal({});
  expect(await writeFinal(dir, join(dir, 'tail'), 0, FINAL)).toBe(1);
  expect(await readAll(dir)).toMatchObject([{ seq: 1, type: 'Q' }]);
});

it('restores the state from the last segment that tells it, and the hello from the first', async () => {
  const hello = { protocol: 1, pid: 7, rVersion: '4.2.2', rHome: '/r', platform: 'x', workdir: '/w' };
  const dir = makeJournal({
    1: Buffer.concat([record(1, 'H', JSON.stringify(hello)), record(2, 'P', '> ')]),
    3: record(3, 'I', ''),
    4: records(4, 6),
  });
  const { view, head } = await restoreView(dir);
  expect(head).toBe(6);
  expect(view).toMatchObject({ hello, state: { state: 'busy', since: 3 } });
});

describe('inputs that a killed R had not read', () => {
  const END = 'e'.charCodeAt(0);
  const input = (seq: number, type: string, counter: number, aux = 0): Buffer => {
    const payload = encodeInput({ client: 7n, counter, flag: 0, display: '', text: 'x\n' });
    return Buffer.from(encodeRecord({ seq, time: 1, type, aux, payload }, crc32));
  };
  const discarded = async (dir: string): Promise<number[]> => {
    await writeFinal(dir, join(dir, 'tail'), 0, FINAL);
    const reader = new JournalReader(dir, 0);
    const counters: number[] = [];
    for (let run = await reader.read(); run; run = await reader.read())
      for (let at = 0; at < run.length; at += recordLength(run, at) ?? run.length) {
        const { type, flag, payload } = decodeRecord(run, at);
        if (type === 'D' && flag === END) counters.push(readInputId(payload).counter);
      }
    await reader.close();
    return counters;
  };

  it('are discarded: those not begun, those read in part, and one cut off while it was accepted', async () => {
    const dir = makeJournal({
      1: Buffer.concat([input(1, 'A', 1), input(2, 'I', 1, 1), input(3, 'A', 2), input(4, 'I', 2)]),
      5: Buffer.concat([input(5, 'A', 3), input(6, 'A', 4, 1), input(7, 'A', 4, 1)]),
    });
    expect(await discarded(dir)).toEqual([2, 3, 4]);
  });

  it('are none when all was read or discarded', async () => {
    const dir = makeJournal({
      1: Buffer.concat([input(1, 'A', 1), input(2, 'A', 2), input(3, 'I', 1, 1), input(4, 'D', 2)]),
      5: records(5, 6),
    });
    expect(await discarded(dir)).toEqual([]);
  });

  it('are found behind any amount of output', async () => {
    const dir = makeJournal({
      1: Buffer.concat([input(1, 'A', 1), input(2, 'I', 1, 1), input(3, 'A', 2)]),
      4: records(4, 400),
      401: records(401, 800),
    });
    expect(await discarded(dir)).toEqual([2]);
    expect((await readAll(dir)).at(-1)).toMatchObject({ seq: 802, type: 'Q' });
  });
});

it('works on a journal whose output went: state, hello, unread inputs and the last word', async () => {
  const hello = { protocol: 2, pid: 7, rVersion: '4.2.2', rHome: '/r', platform: 'x', workdir: '/w' };
  const stone = (from: number, to: number): Buffer =>
    record(to, 'T', JSON.stringify({ from, to, bytes: 9, reason: 'retention' }));
  const accepted = encodeInput({ client: 7n, counter: 1, flag: 0, display: '', text: 'x\n' });
  const dir = makeJournal({
    1: Buffer.concat([
      record(1, 'H', JSON.stringify(hello)),
      record(2, 'P', '> '),
      Buffer.from(encodeRecord({ seq: 3, time: 3000, type: 'A', payload: accepted }, crc32)),
      Buffer.from(encodeRecord({ seq: 4, time: 4000, type: 'I', payload: accepted }, crc32)),
      stone(5, 20),
    ]),
    21: stone(21, 40),
    41: records(41, 44),
  });
  expect(await restoreView(dir)).toMatchObject({
    head: 44,
    view: { hello, state: { state: 'busy', since: 4 } },
  });
  expect(await writeFinal(dir, join(dir, 'tail'), 0, FINAL)).toBe(46);
  const seen = await readAll(dir);
  expect(seen.slice(4).map(({ seq, type }) => [seq, type])).toEqual([
    [20, 'T'],
    [40, 'T'],
    [41, 'o'],
    [42, 'o'],
    [43, 'o'],
    [44, 'o'],
    [45, 'D'],
    [46, 'Q'],
  ]);
});
