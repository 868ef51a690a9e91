import { crc32 } from 'node:zlib';
import { encodeRecord, readTombstone, RecordType, toUtf8 } from '@farside/protocol';

/** Why records are not there. */
export type LossReason = 'retention' | 'damage';

/** Stands for records that can not be read (any more); it takes the number of the last of them. */
export function tombstone(from: number, to: number, reason: LossReason): Buffer {
  const payload = toUtf8(JSON.stringify({ from, to, bytes: 0, reason }));
  const fields = { seq: to, time: Date.now() * 1000, type: RecordType.tombstone, payload };
  return Buffer.from(encodeRecord(fields, crc32));
}

/** The first record a tombstone with number `seq` stands for; `seq` itself when it does not say. */
export function firstCovered(payload: Uint8Array, seq: number): number {
  const stone = readTombstone(payload);
  return stone && stone.to === seq && stone.from <= seq ? stone.from : seq;
}
