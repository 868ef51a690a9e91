import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { FarsideClient } from '@farside/client';
import { FarsideError } from '@farside/protocol';
import { write } from './output.ts';

/** Writes a session's journal as text to a file, or to standard output. */
export async function saveJournal(client: FarsideClient, id: string, out: string | undefined): Promise<void> {
  const pieces = client.stream('sessionJournal', { params: { id } });
  if (out === undefined) {
    for await (const piece of pieces) await write(process.stdout, piece);
    return;
  }
  try {
    await pipeline(pieces, createWriteStream(out));
  } catch (cause) {
    if (cause instanceof FarsideError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FarsideError('badRequest', { reason: `the file can not be written: ${reason}` }, { cause });
  }
}
