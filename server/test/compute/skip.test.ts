import { rmSync } from 'node:fs';
import { RecordType, readTombstone, recordLength, decodeRecord } from '@farside/protocol';
import { expect, test } from 'vitest';
import type { RecordSink } from '../../src/compute/journal/follower.ts';
import { JournalReader } from '../../src/compute/journal/reader.ts';
import { SkippingSink, tailStart } from '../../src/compute/journal/skip.ts';
import { makeJournal, record } from './journalFile.ts';

/** "o" stands for output, anything else for a control record of that type. */
function journal(types: string, perSegment: number, size = 100): string {
  const segments: Record<number, Buffer> = {};
  for (let first = 1; first <= types.length; first += perSegment) {
    const part = [...types.slice(first - 1, first - 1 + perSegment)];
    segments[first] = Buffer.concat(
      part.map((type, i) => record(first + i, type, type === 'o' ? 'x'.repeat(size) : type)),
    );
  }
  return makeJournal(segments);
}

/** What a reader is shown, e.g. "P1 T2-4:300 I5 o6", with records in pieces of `piece` records. */
async function shown(dir: string, { cursor = 0, tail }: { cursor?: number; tail: number }): Promise<string> {
  const out: string[] = [];
  const inner: RecordSink = {
    records(bytes) {
      for (let at = 0; at < bytes.length; at += recordLength(bytes, at) ?? 0) {
        const { seq, type, payload } = decodeRecord(bytes, at);
        const gone = type === RecordType.tombstone ? readTombstone(payload) : undefined;
        out.push(gone ? `T${gone.from}-${gone.to}:${gone.bytes}` : `${type}${seq}`);
      }
    },
    transient: () => undefined,
    flush: () => undefined,
  };
  const sink = new SkippingSink(inner, await tailStart(dir, cursor, tail));
  const reader = new JournalReader(dir, cursor);
  for (let run = await reader.read(); run; run = await reader.read()) sink.records(run);
  sink.end();
  await reader.close();
  return out.join(' ');
}

test('runs of older output are named, control records pass, the newest output comes', async () => {
  const dir = journal('HPIooooPIooP', 5);
  expect(await shown(dir, { tail: 250 })).toBe('H1 P2 I3 T4-7:400 P8 I9 o10 o11 P12');
  expect(await shown(dir, { tail: 300 })).toBe('H1 P2 I3 T4-6:300 o7 P8 I9 o10 o11 P12');
  expect(await shown(dir, { tail: 600 })).toBe('H1 P2 I3 o4 o5 o6 o7 P8 I9 o10 o11 P12');
  expect(await shown(dir, { tail: 1 })).toBe('H1 P2 I3 T4-7:400 P8 I9 T10-10:100 o11 P12');
});

test('what is before the cursor does not count', async () => {
  const dir = journal('HPIooooPIooP', 5);
  expect(await shown(dir, { cursor: 5, tail: 400 })).toBe('o6 o7 P8 I9 o10 o11 P12');
  expect(await shown(dir, { cursor: 5, tail: 350 })).toBe('T6-6:100 o7 P8 I9 o10 o11 P12');
  expect(await shown(dir, { cursor: 12, tail: 1 })).toBe('');
});

test('it does not matter where the segments are cut, nor how long a record is', async () => {
  const types = `H${'P'.repeat(3)}${'ooooo'.repeat(20)}PI${'o'.repeat(30)}P`;
  for (const size of [1, 1000, 200_000]) {
    const cut = async (perSegment: number): Promise<string> => {
      const dir = journal(types, perSegment, size);
      const text = await shown(dir, { tail: 32 * size });
      rmSync(dir, { recursive: true });
      return text;
    };
    const whole = await cut(1000);
    for (const perSegment of [1, 7, 50]) expect(await cut(perSegment)).toBe(whole);
    expect(whole).toContain(`T5-102:${98 * size} o103 o104 P105 I106 o107`);
  }
});

test('a journal that is not there has nothing to leave out', async () => {
  expect(await tailStart('/nonexistent/journal', 0, 10)).toBe(1);
});
