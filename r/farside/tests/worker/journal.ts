import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeRecord, recordLength, type JournalRecord } from '@farside/protocol';

/** All records in the files of a session directory; throws on damage. */
export function readJournal(dir: string): JournalRecord[] {
  const records: JournalRecord[] = [];
  for (const name of readdirSync(join(dir, 'journal')).sort()) {
    const bytes = readFileSync(join(dir, 'journal', name));
    for (let at = 0; ;) {
      const length = recordLength(bytes, at);
      if (length === null || bytes.length - at < length) break;
      if (bytes.readUInt32LE(at + 4) !== crc32(bytes.subarray(at + 8, at + length))) {
        throw new Error(`bad CRC in ${name} at ${at}`);
      }
      records.push(decodeRecord(bytes, at));
      at += length;
    }
  }
  return records;
}
