import { rm, unlink, writeFile } from 'node:fs/promises';
import { FarsideError } from '@farside/protocol';
import type { ComputeClient } from '../../compute/client.ts';
import { errnoOf } from '../../files/root.ts';

/** A busy R is waited for so long. */
const WAIT_MS = 15_000;
/** Once begun, some hundred gigabytes may be copied. */
const WORK_MS = 6 * 60 * 60_000;

/**
 * A long out-of-band call that has to begin soon: throws `sessionBusy` when R does not. `offer` is a file that says
 * that we wait; R renames it when it begins, and does nothing when it is not there any more.
 */
export async function callWhenIdle(
  compute: ComputeClient,
  id: string,
  offer: string,
  code: string,
): Promise<string> {
  // An R that is busy for long is found out by a call that goes away by itself.
  await compute.callText(id, 'TRUE', WAIT_MS);
  await writeFile(offer, '', { mode: 0o600, flag: 'wx' });
  const busy = Promise.withResolvers<never>();
  busy.promise.catch(() => undefined);
  const timer = setTimeout(() => {
    unlink(offer).then(
      () => busy.reject(new FarsideError('sessionBusy')),
      (error: unknown) => errnoOf(error) !== 'ENOENT' && busy.reject(error),
    );
  }, WAIT_MS);
  try {
    const work = compute.callText(id, code, WORK_MS);
    work.catch(() => undefined);
    return await Promise.race([work, busy.promise]);
  } finally {
    clearTimeout(timer);
    await Promise.all([rm(offer, { force: true }), rm(`${offer}.taken`, { force: true })]);
  }
}
