import type { Duplex } from 'node:stream';
import { decodeRecord, TransientType, type JournalRecord } from '@farside/protocol';
import type { ComputeClient } from '../compute/client.ts';
import { RecordSplitter } from '../compute/worker/splitter.ts';

/** The records of an attach stream as they come. Ends when the stream ends or breaks. */
export async function* recordsOf(stream: Duplex): AsyncGenerator<JournalRecord> {
  const splitter = new RecordSplitter();
  try {
    for await (const chunk of stream) {
      splitter.push(chunk as Buffer);
      for (let raw = splitter.next(); raw; raw = splitter.next())
        yield decodeRecord(Buffer.concat(raw.parts), 0);
    }
  } catch {
    // A broken stream is an ended one: the reader knows its cursor and asks again.
  } finally {
    stream.destroy();
  }
}

/** What the journal holds now, behind a cursor; with `tail` without most of its output, see `ComputeClient.attach`. */
export async function* journalOf(
  compute: ComputeClient,
  session: string,
  cursor: number,
  tail?: number,
): AsyncGenerator<JournalRecord> {
  const { stream, head } = await compute.attach(session, cursor, tail);
  if (cursor >= head) return void stream.destroy();
  for await (const record of recordsOf(stream)) {
    if (record.type === TransientType.live) return;
    if (record.seq === 0) continue;
    yield record;
    if (record.seq >= head) return;
  }
}
