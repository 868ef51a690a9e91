import { setTimeout as delay } from 'node:timers/promises';
import type { ComputeClient } from '../../compute/client.ts';

/** What a script gets to end at each step; a last one, that R is killed, takes no time. */
const INTERRUPT_MS = 2_000;
const STRONGER_MS = 3_000;
const GRACE_MS = 5_000;

/** Stops a script, more and more strongly, until `over`. Each step has its time. */
export async function stopScript(
  compute: ComputeClient,
  session: string,
  over: Promise<void>,
): Promise<void> {
  for (const [level, ms] of [
    [1, INTERRUPT_MS],
    [2, STRONGER_MS],
  ] as const) {
    // A session that has ended meanwhile says so; the job's end follows.
    await compute.interrupt(session, level).catch(() => undefined);
    if (await isWithin(over, ms)) return;
  }
  await compute.end(session, { graceMs: GRACE_MS }).catch(() => undefined);
}

/** Whether a promise is kept in time. */
export async function isWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const stop = new AbortController();
  const late = delay(ms, false, { signal: stop.signal, ref: false }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    stop.abort();
  }
}
