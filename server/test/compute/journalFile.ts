import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeRecord, encodeRecord, fromUtf8, recordLength, toUtf8 } from '@farside/protocol';
import { JournalReader } from '../../src/compute/journal/reader.ts';
import { segmentPath } from '../../src/compute/journal/segments.ts';

/** One record with a right check sum. */
export const record = (seq: number, type = 'o', text = `text ${seq}`): Buffer =>
  Buffer.from(encodeRecord({ seq, time: seq * 1000, type, payload: toUtf8(text) }, crc32));

export const records = (from: number, to: number): Buffer =>
  Buffer.concat(Array.from({ length: to - from + 1 }, (_, n) => record(from + n)));

/** A journal in a new temporary folder; the keys are the first sequence numbers of its segments. */
export function makeJournal(segments: Record<number, Buffer>): string {
  const dir = mkdtempSync(join(tmpdir(), 'farside-journal-'));
  for (const [first, bytes] of Object.entries(segments))
    writeFileSync(segmentPath(dir, Number(first)), bytes);
  return dir;
}

export interface Seen {
  readonly seq: number;
  readonly type: string;
  readonly text: string;
}

export function decodeAll(bytes: Buffer): Seen[] {
  const seen: Seen[] = [];
  for (let at = 0; at < bytes.length; at += recordLength(bytes, at) ?? bytes.length) {
    const { seq, type, payload } = decodeRecord(bytes, at);
    seen.push({ seq, type, text: fromUtf8(payload) });
  }
  return seen;
}

/** Everything a reader finds behind a cursor. */
export async function readAll(dir: string, cursor = 0): Promise<Seen[]> {
  const reader = new JournalReader(dir, cursor);
  const seen: Seen[] = [];
  for (let run = await reader.read(); run; run = await reader.read()) seen.push(...decodeAll(run));
  await reader.close();
  return seen;
}
