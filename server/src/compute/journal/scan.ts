import { crc32 } from 'node:zlib';
import { MAX_RECORD_PAYLOAD, RECORD_HEADER_BYTES, RECORD_VERSION, RecordType } from '@farside/protocol';
import { firstCovered } from './tombstone.ts';

/** Offsets in the header, see record.ts of the protocol. */
const AT = { crc: 4, covered: 8, seq: 8, type: 24, version: 26 } as const;
const TOMBSTONE = RecordType.tombstone.charCodeAt(0);
export const MAX_RECORD_BYTES = RECORD_HEADER_BYTES + MAX_RECORD_PAYLOAD;

/** What stands at an offset: a whole record, the beginning of one, or something else. A tombstone begins at `first`. */
export type Look =
  { is: 'record'; first: number; seq: number; size: number } | { is: 'partial' } | { is: 'damage' };

/** Looks at the bytes at `offset`, with the check sum. */
export function look(bytes: Buffer, offset: number): Look {
  if (bytes.length - offset < RECORD_HEADER_BYTES) return { is: 'partial' };
  const size = RECORD_HEADER_BYTES + bytes.readUInt32LE(offset);
  if (size > MAX_RECORD_BYTES || bytes.readUInt16LE(offset + AT.version) !== RECORD_VERSION)
    return { is: 'damage' };
  if (bytes.length - offset < size) return { is: 'partial' };
  const sum = crc32(bytes.subarray(offset + AT.covered, offset + size));
  if (sum !== bytes.readUInt32LE(offset + AT.crc)) return { is: 'damage' };
  const seq = Number(bytes.readBigUInt64LE(offset + AT.seq));
  const isStone = bytes[offset + AT.type] === TOMBSTONE;
  const first = isStone
    ? firstCovered(bytes.subarray(offset + RECORD_HEADER_BYTES, offset + size), seq)
    : seq;
  return { is: 'record', first, seq, size };
}

/** A stretch of records. */
export interface Run {
  /** The records after the cursor and without a gap are at [start, end). */
  readonly start: number;
  readonly end: number;
  /** The sequence number of the last of them, or the cursor as it was. */
  readonly cursor: number;
  /** What stands at `end`: `gap` is a record that does not follow the one before. */
  readonly stop: 'partial' | 'damage' | 'gap';
}

/** Finds the records that follow the cursor; those up to the cursor are passed over. */
export function scanRun(bytes: Buffer, cursor: number): Run {
  let [start, end, last] = [0, 0, cursor];
  for (;;) {
    const found = look(bytes, end);
    if (found.is !== 'record') return { start, end, cursor: last, stop: found.is };
    if (found.first > last + 1) return { start, end, cursor: last, stop: 'gap' };
    end += found.size;
    if (found.seq <= cursor) start = end;
    else last = found.seq;
  }
}

/** The offset of the first whole record after the cursor at or behind `from`; -1 when there is none. */
export function findRecord(bytes: Buffer, from: number, cursor: number): number {
  for (let at = from; bytes.length - at >= RECORD_HEADER_BYTES; at++) {
    if (bytes.readUInt16LE(at + AT.version) !== RECORD_VERSION) continue;
    const found = look(bytes, at);
    if (found.is === 'record' && found.seq > cursor) return at;
  }
  return -1;
}
