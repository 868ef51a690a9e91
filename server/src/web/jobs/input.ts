import { setTimeout as delay } from 'node:timers/promises';
import {
  inputFrame,
  InputFlag,
  RecordType,
  TransientType,
  type InputId,
  type JournalRecord,
} from '@farside/protocol';
import type { ComputeClient } from '../../compute/client.ts';
import { follow, isOver, type Progress } from '../execute/progress.ts';
import { recordsOf } from '../journal.ts';

/** A worker that is being started does not answer yet; a compute node that was killed is started again. */
const ATTACH_AGAIN_MS = 200;
/** The smallest tail: the journal without its output. */
const NO_OUTPUT = 1;
const ID_DIGITS = 16;
const AT_THE_END = 'e'.charCodeAt(0);

/** What became of a job's input. `lost`: R ended before it read it. */
export type Sent = 'read' | 'discarded' | 'ended' | { refused: string };

/** The one input of a job: whoever sends it again, sends the same, and the worker takes it once. */
export function inputOf(job: string): InputId {
  return { client: BigInt(`0x${job.replaceAll('-', '').slice(0, ID_DIGITS)}`), counter: 1 };
}

/** Sends a job's input until R has read it, or will not. Throws when the signal aborts, or there is no compute node. */
export async function sendInput(
  compute: ComputeClient,
  session: string,
  run: { job: string; line: string; display: string },
  signal: AbortSignal,
): Promise<Sent> {
  const id = inputOf(run.job);
  const frame = inputFrame({ ...id, flag: InputFlag.run, display: run.display, text: run.line });
  let progress: Progress = { state: 'sent' };
  for (;;) {
    const { stream } = await compute.attach(session, 0, NO_OUTPUT);
    const stop = (): void => void stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    stream.on('error', stop);
    stream.write(frame);
    for await (const record of recordsOf(stream)) {
      if (isUnread(record)) continue;
      progress = follow(progress, record, id);
      if (progress.state !== 'sent') break;
    }
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();
    switch (progress.state) {
      case 'sent':
        await delay(ATTACH_AGAIN_MS, undefined, { signal });
        break;
      case 'refused':
        return { refused: progress.reason };
      case 'ended':
        return 'ended';
      case 'done':
        return progress.failed === 'discarded' ? 'discarded' : 'read';
      case 'read':
        return 'read';
    }
  }
}

/** Whether R is back at its prompt after the job's input, and so did not end although it was asked to. */
export async function isBackAtPrompt(compute: ComputeClient, session: string, job: string): Promise<boolean> {
  const id = inputOf(job);
  let progress: Progress = { state: 'sent' };
  const { stream } = await compute.attach(session, 0, NO_OUTPUT);
  for await (const record of recordsOf(stream)) {
    if (record.type === TransientType.live) break;
    progress = follow(progress, record, id);
    if (isOver(progress)) break;
  }
  return progress.state === 'done';
}

/** Discarded because R ended: how it ended follows. */
const isUnread = (record: JournalRecord): boolean =>
  record.type === RecordType.discarded && record.flag === AT_THE_END;
