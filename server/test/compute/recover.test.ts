import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { restoreView } from '../../src/compute/journal/head.ts';
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
