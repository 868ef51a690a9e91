import { mkdir, open, readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { encodeRecord, RecordType, toUtf8, type Final, type RecordFields } from '@farside/protocol';
import { JournalReader } from './reader.ts';
import { segmentPath } from './segments.ts';
import { readTail } from './tail.ts';
import { unreadInputs } from './unread.ts';

const SEGMENT_MODE = 0o600;
/** The flag of inputs that R did not read because it ended. */
const ENDED = 'e'.charCodeAt(0);

/**
 * Writes the last words for a worker that died without its own: text that only its tail held, what became of the
 * inputs it had not read, and the final record. Whatever was torn at the journal's end is cut off. The worker must be gone.
 */
export async function writeFinal(
  journal: string,
  tailFile: string,
  cursor: number,
  final: Final,
): Promise<number> {
  const reader = new JournalReader(journal, cursor);
  try {
    while (await reader.read());
    const end = reader.end ?? { path: segmentPath(journal, reader.cursor + 1), position: 0 };
    const pending = readTail(await readFile(tailFile).catch(() => Buffer.alloc(0)), reader.cursor);
    const time = Date.now() * 1000;
    let seq = reader.cursor;
    const records: Uint8Array[] = [];
    const add = (fields: RecordFields): number =>
      records.push(encodeRecord({ ...fields, seq: ++seq, time }, crc32));
    pending.forEach(add);
    for (const payload of await unreadInputs(journal))
      add({ type: RecordType.discarded, flag: ENDED, payload });
    add({ type: RecordType.final, payload: toUtf8(JSON.stringify(final)) });
    await mkdir(journal, { recursive: true, mode: 0o700 });
    await append(end.path, end.position, Buffer.concat(records));
    return seq;
  } finally {
    await reader.close();
  }
}

async function append(path: string, position: number, bytes: Buffer): Promise<void> {
  const file = await open(path, position === 0 ? 'a+' : 'r+', SEGMENT_MODE);
  try {
    await file.truncate(position);
    await file.write(bytes, 0, bytes.length, position);
    await file.datasync();
  } finally {
    await file.close();
  }
}
