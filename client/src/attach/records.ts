import { decodeRecord, recordLength, type JournalRecord } from '@farside/protocol';

/** The whole records in a message. A message never ends inside a record; a rest is damage and is left out. */
export function* recordsIn(bytes: Uint8Array): Generator<JournalRecord> {
  let offset = 0;
  for (;;) {
    const length = recordLength(bytes, offset);
    if (length === null || offset + length > bytes.length) return;
    yield decodeRecord(bytes, offset);
    offset += length;
  }
}
