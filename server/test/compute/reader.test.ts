import { appendFileSync, renameSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JournalReader, READ_BYTES } from '../../src/compute/journal/reader.ts';
import { segmentPath } from '../../src/compute/journal/segments.ts';
import { decodeAll, makeJournal, readAll, record, records, type Seen } from './journalFile.ts';

const seqs = (seen: { seq: number }[]): number[] => seen.map(({ seq }) => seq);
const damaged = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
};

describe('JournalReader', () => {
  it('reads across segments from any cursor', async () => {
    const dir = makeJournal({ 1: records(1, 5), 6: records(6, 9), 10: records(10, 12) });
    expect(seqs(await readAll(dir))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(seqs(await readAll(dir, 5))).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(seqs(await readAll(dir, 7))).toEqual([8, 9, 10, 11, 12]);
    expect(await readAll(dir, 12)).toEqual([]);
  });

  it('finds nothing where there is no journal yet', async () => {
    expect(await readAll('/nonexistent/journal')).toEqual([]);
  });

  it('waits at a torn end and goes on when it is whole', async () => {
    const last = record(3);
    const dir = makeJournal({ 1: Buffer.concat([records(1, 2), last.subarray(0, 20)]) });
    const reader = new JournalReader(dir, 0);
    expect(decodeAll((await reader.read()) ?? Buffer.alloc(0))).toHaveLength(2);
    expect(await reader.read()).toBeUndefined();
    appendFileSync(segmentPath(dir, 1), last.subarray(20));
    expect(decodeAll((await reader.read()) ?? Buffer.alloc(0))).toMatchObject([{ seq: 3 }]);
    await reader.close();
  });

  it('notices a segment that is begun while it waits', async () => {
    const dir = makeJournal({ 1: records(1, 2) });
    const reader = new JournalReader(dir, 2);
    expect(await reader.read()).toBeUndefined();
    appendFileSync(segmentPath(dir, 1), record(3));
    writeFileSync(segmentPath(dir, 4), record(4));
    const seen = [await reader.read(), await reader.read()].flatMap((run) =>
      decodeAll(run ?? Buffer.alloc(0)),
    );
    expect(seqs(seen)).toEqual([3, 4]);
    await reader.close();
  });

  it('names records with a wrong check sum, and goes on behind them', async () => {
    const bytes = Buffer.concat([records(1, 2), damaged(record(3), 34), record(4)]);
    const seen = await readAll(makeJournal({ 1: bytes }));
    expect(seen.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'o'],
      [2, 'o'],
      [3, 'T'],
      [4, 'o'],
    ]);
    expect(JSON.parse(seen[2]?.text ?? '')).toMatchObject({ from: 3, to: 3, reason: 'damage' });
  });

  it('finds the next good record behind a broken length and behind junk', async () => {
    const bytes = Buffer.concat([record(1), damaged(record(2), 3), Buffer.alloc(5000, 1), records(3, 4)]);
    expect(seqs(await readAll(makeJournal({ 1: bytes })))).toEqual([1, 2, 3, 4]);
  });

  it('finds it behind more junk than it reads at once', async () => {
    const bytes = Buffer.concat([record(1), Buffer.alloc(3 * READ_BYTES, 0xff), record(9)]);
    const seen = await readAll(makeJournal({ 1: bytes }));
    expect(seqs(seen)).toEqual([1, 8, 9]);
    expect(JSON.parse(seen[1]?.text ?? '')).toMatchObject({ from: 2, to: 8 });
  });

  it('names what a cut segment lost when the next one exists', async () => {
    const dir = makeJournal({ 1: records(1, 5), 6: records(6, 7) });
    truncateSync(segmentPath(dir, 1), records(1, 3).length + 10);
    const seen = await readAll(dir);
    expect(seqs(seen)).toEqual([1, 2, 3, 5, 6, 7]);
    expect(JSON.parse(seen[3]?.text ?? '')).toMatchObject({ from: 4, to: 5 });
  });

  it('names segments that were removed', async () => {
    const seen = await readAll(makeJournal({ 100: records(100, 101) }));
    expect(seqs(seen)).toEqual([99, 100, 101]);
    expect(JSON.parse(seen[0]?.text ?? '')).toMatchObject({ from: 1, to: 99 });
  });

  it('does not take damage at the very end for more than an unfinished record', async () => {
    expect(
      seqs(await readAll(makeJournal({ 1: Buffer.concat([record(1), damaged(record(2), 34)]) }))),
    ).toEqual([1]);
  });
});

/** What the worker leaves of a segment when it keeps its bound: control records, and tombstones for the output. */
describe('a journal that keeps a bound', () => {
  const stone = (from: number, to: number): Buffer =>
    record(to, 'T', JSON.stringify({ from, to, bytes: 10, reason: 'retention' }));
  const compacted = (): Buffer => Buffer.concat([record(1, 'H'), stone(2, 4), record(5, 'P')]);
  const merged = (): Buffer => Buffer.concat([record(1, 'H'), stone(2, 4), record(5, 'P'), stone(6, 9)]);
  const numbers = (seen: Seen[]): [number, string][] => seen.map(({ seq, type }) => [seq, type]);

  it.each([
    [0, [1, 4, 5, 6, 7]],
    [1, [4, 5, 6, 7]],
    [2, [4, 5, 6, 7]],
    [4, [5, 6, 7]],
  ])('reads from cursor %i', async (cursor, wanted) => {
    const dir = makeJournal({ 1: compacted(), 6: records(6, 7) });
    expect(seqs(await readAll(dir, cursor))).toEqual(wanted);
  });

  it('reads the same when the worker died between two steps', async () => {
    const dir = makeJournal({ 1: merged(), 6: records(6, 9), 10: records(10, 11) });
    writeFileSync(join(dir, 'retention.new'), merged().subarray(0, 70));
    expect(numbers(await readAll(dir))).toEqual([
      [1, 'H'],
      [4, 'T'],
      [5, 'P'],
      [9, 'T'],
      [10, 'o'],
      [11, 'o'],
    ]);
    expect(seqs(await readAll(dir, 7))).toEqual([8, 9, 10, 11]);
  });

  it.each([0, 3, 5, 8])(
    'goes on with cursor %i when its segment is replaced, and the next one gone',
    async (cursor) => {
      const dir = makeJournal({ 1: records(1, 5), 6: records(6, 9) });
      const reader = new JournalReader(dir, cursor);
      const seen = decodeAll((await reader.read()) ?? Buffer.alloc(0));
      writeFileSync(join(dir, 'retention.new'), merged());
      renameSync(join(dir, 'retention.new'), segmentPath(dir, 1));
      unlinkSync(segmentPath(dir, 6));
      writeFileSync(segmentPath(dir, 10), records(10, 11));
      for (let run = await reader.read(); run; run = await reader.read()) seen.push(...decodeAll(run));
      await reader.close();
      const stones = seen.filter(({ type }) => type === 'T');
      expect(stones.every(({ text }) => text.includes('retention'))).toBe(true);
      expect(seqs(seen).slice(-2)).toEqual([10, 11]);
      expect(seqs(seen)).toEqual(seqs(seen).toSorted((a, b) => a - b));
    },
  );

  it('does not look for a file that was merged away after it was listed', async () => {
    const dir = makeJournal({ 1: merged(), 10: records(10, 11) });
    const reader = new JournalReader(dir, 6);
    expect(decodeAll((await reader.read()) ?? Buffer.alloc(0)).map(({ seq }) => seq)).toEqual([9]);
    await reader.close();
  });

  it('still names what is damaged in it', async () => {
    const bad = damaged(merged(), 40);
    const seen = await readAll(makeJournal({ 1: bad, 10: records(10, 11) }));
    expect(numbers(seen).map(([seq]) => seq)).toContain(11);
    expect(seen.some(({ text }) => text.includes('damage'))).toBe(true);
  });

  it('does not take a tombstone at its word that names another number', async () => {
    const lie = record(9, 'T', JSON.stringify({ from: 1, to: 400, bytes: 0, reason: 'retention' }));
    const seen = await readAll(makeJournal({ 1: Buffer.concat([records(1, 5), lie, record(10)]) }));
    expect(seen.map(({ seq, text }) => [seq, text.includes('damage')])).toContainEqual([8, true]);
  });
});
