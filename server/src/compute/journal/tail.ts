import { MAX_RECORD_PAYLOAD, RecordType } from '@farside/protocol';

/**
 * The worker's `tail`: a shared memory file with the text R has written but that is not in the journal yet.
 * Layout (r/farside/src): sequence number the text will get u64, bytes u32, kind u32 (0 stdout, 1 stderr), text.
 */
const TAIL_HEADER_BYTES = 16;

export interface PendingText {
  readonly type: RecordType;
  readonly payload: Buffer;
}

/** The text that the journal, whose last record is `head`, lacks. */
export function readTail(file: Buffer, head: number): PendingText[] {
  if (file.length < TAIL_HEADER_BYTES) return [];
  const seq = Number(file.readBigUInt64LE(0));
  const size = file.readUInt32LE(8);
  if (seq <= head || size === 0 || size > Math.min(MAX_RECORD_PAYLOAD, file.length - TAIL_HEADER_BYTES))
    return [];
  const type = file.readUInt32LE(12) === 0 ? RecordType.stdout : RecordType.stderr;
  return [{ type, payload: file.subarray(TAIL_HEADER_BYTES, TAIL_HEADER_BYTES + size) }];
}
