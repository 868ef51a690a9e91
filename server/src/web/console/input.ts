import { setTimeout as delay } from 'node:timers/promises';
import {
  FarsideError,
  fromUtf8,
  INPUT_ID_BYTES,
  InputFlag,
  inputFrame,
  MAX_INPUT_BYTES,
  readInputId,
  TransientType,
  type ConsoleInput,
  type InputId,
  type JournalRecord,
} from '@farside/protocol';
import type { ComputeClient } from '../../compute/client.ts';
import { recordsOf } from '../journal.ts';

/** A worker that is being started, or whose compute node is, does not answer yet. */
const ASK_AGAIN_MS = 100;
/** Then something is wrong, and the caller is told rather than kept waiting. */
const GIVE_UP_MS = 20_000;
/** The smallest tail: nothing but what the input brings is wanted. */
const NO_OUTPUT = 1;

/**
 * Sends an input until the worker has written it down. Resolves with whether it had it before; throws what is against
 * it, and `computeDown` when nobody answered: then it may have arrived, and sending it again is safe.
 */
export async function deliverInput(
  compute: ComputeClient,
  session: string,
  input: ConsoleInput,
): Promise<{ repeated: boolean }> {
  const size = Buffer.byteLength(input.text);
  if (size > MAX_INPUT_BYTES) throw new FarsideError('inputTooLarge', { size, limit: MAX_INPUT_BYTES });
  if (input.text.includes('\0')) throw new FarsideError('badInput', { reason: 'it has a NUL character' });
  const id: InputId = { client: BigInt(`0x${input.client}`), counter: input.counter };
  const frame = inputFrame({ ...id, flag: InputFlag.line, display: '', text: input.text.toWellFormed() });
  for (const until = Date.now() + GIVE_UP_MS; Date.now() < until; await delay(ASK_AGAIN_MS)) {
    const { state, head } = await compute.get(session);
    if (state.state === 'ended') throw new FarsideError('sessionEnded', { cause: state.final.message });
    const answer = await askOnce(compute, session, { head, frame, id }, until - Date.now());
    if (answer?.type === TransientType.ack) return { repeated: answer.aux === 1 };
    if (answer) throw refusal(answer, size);
  }
  throw new FarsideError('computeDown', { reason: 'the session takes no input' });
}

async function askOnce(
  compute: ComputeClient,
  session: string,
  { head, frame, id }: { head: number; frame: Uint8Array; id: InputId },
  patienceMs: number,
): Promise<JournalRecord | undefined> {
  const { stream } = await compute.attach(session, head, NO_OUTPUT);
  const guard = setTimeout(() => stream.destroy(), patienceMs);
  stream.on('error', () => stream.destroy());
  stream.write(frame);
  try {
    for await (const record of recordsOf(stream)) if (isAnswer(record, id)) return record;
    return undefined;
  } finally {
    clearTimeout(guard);
  }
}

function isAnswer(record: JournalRecord, id: InputId): boolean {
  if (record.type !== TransientType.ack && record.type !== TransientType.refused) return false;
  const { client, counter } = readInputId(record.payload);
  return client === id.client && counter === id.counter;
}

/** The worker says why in words; those with an error of their own get it. */
function refusal(answer: JournalRecord, size: number): FarsideError {
  const reason = fromUtf8(answer.payload.subarray(INPUT_ID_BYTES));
  if (reason.includes('disk is full')) return new FarsideError('diskFull');
  if (reason.startsWith('too large'))
    return new FarsideError('inputTooLarge', { size, limit: MAX_INPUT_BYTES });
  if (reason === 'the session is ending') return new FarsideError('sessionEnded', { cause: reason });
  return new FarsideError('badInput', { reason });
}
