import { mkdir, open, readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { encodeRecord, RecordType, toUtf8, type Final } from '@farside/protocol';
import { JournalReader } from './reader.ts';
import { segmentPath } from './segments.ts';
import { readTail } from './tail.ts';

const SEGMENT_MODE = 0o600;

/**
 * Writes the last words for a worker that died without its own: text that only its tail held, and the final
 * record. Whatever was torn at the journal's end is cut off. The worker must be gone.
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
    const records = pending.map(({ type, payload }) =>
      encodeRecord({ seq: ++seq, time, type, payload }, crc32),
    );
    const payload = toUtf8(JSON.stringify(final));
    records.push(encodeRecord({ seq: ++seq, time, type: RecordType.final, payload }, crc32));
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
