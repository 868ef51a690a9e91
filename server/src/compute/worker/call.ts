import { Readable } from 'node:stream';
import { callFrame, CallStatus, FarsideError, TransientType } from '@farside/protocol';
import { connectWorker } from './connection.ts';
import { payloadOf, RecordSplitter } from './splitter.ts';

/** A connection of its own carries one call. */
const CALL_ID = 1;
/** Beyond the budget, which the worker itself keeps: then it is stuck. */
const WORKER_ANSWERS_MS = 10_000;

interface Reply {
  readonly status: number;
  readonly bytes: Buffer;
  readonly more: boolean;
}

/**
 * Asks R out of band, on a connection of its own, so that a slow reader of a long answer stalls nobody else.
 * Throws `sessionBusy` or `callFailed`.
 */
export async function callWorker(dir: string, code: string, budgetMs: number): Promise<Readable> {
  const worker = await connectWorker(dir).catch(() => {
    throw new FarsideError('callFailed', { reason: 'R has ended' });
  });
  const guard = setTimeout(() => worker.destroy(), budgetMs + WORKER_ANSWERS_MS);
  worker.write(callFrame(CALL_ID, budgetMs, code));
  const parts = replies(worker);
  // A connection that breaks is an error of the stream; for the caller it is R that is gone.
  const { value: first } = await parts.next().catch(() => ({ value: undefined }));
  clearTimeout(guard);
  if (!first) throw new FarsideError('callFailed', { reason: 'R ended before it answered' });
  if (first.status !== CallStatus.ok) {
    worker.destroy();
    throw refusal(first, budgetMs);
  }
  return Readable.from(bytesOf(first, parts), { objectMode: false });
}

async function* bytesOf(first: Reply, rest: AsyncGenerator<Reply>): AsyncGenerator<Buffer> {
  let last = first;
  yield last.bytes;
  while (last.more) {
    const { value } = await rest.next();
    if (!value) throw new FarsideError('callFailed', { reason: 'R ended within its answer' });
    last = value;
    if (last.status !== CallStatus.ok) throw refusal(last, 0);
    yield last.bytes;
  }
  await rest.return(undefined);
}

async function* replies(worker: Readable): AsyncGenerator<Reply, undefined> {
  const splitter = new RecordSplitter();
  for await (const chunk of worker) {
    splitter.push(chunk as Buffer);
    for (let record = splitter.next(); record; record = splitter.next()) {
      if (record.type !== TransientType.reply || record.seq !== 0) continue;
      const payload = payloadOf(record);
      yield { status: payload[4] ?? 0, bytes: payload.subarray(5), more: record.aux === 1 };
    }
  }
  return undefined;
}

function refusal(reply: Reply, budgetMs: number): FarsideError {
  if (reply.status === CallStatus.busy) return new FarsideError('sessionBusy');
  const said = reply.bytes.toString('utf8').trim();
  const late = reply.status === CallStatus.timeout ? `it took longer than ${budgetMs} ms` : 'no reason given';
  return new FarsideError('callFailed', { reason: said || late });
}
