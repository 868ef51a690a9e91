import { FarsideError } from '@farside/protocol';
import type { ComputeClient } from '../../compute/client.ts';

/** So long a transfer waits for R to be idle. */
export const IDLE_WAIT_MS = 15_000;
/** Large objects take their time to be read and written. */
const TRANSFER_MS = 60 * 60_000;
/** R's own words, see object_file.c and objects.R. */
const ABSENT = /^There is no object "([^]*)"\.$/;
const DISK_FULL = /disk is full/i;
const TOO_LARGE = /^The objects are larger than (\d+) bytes/;

/**
 * Asks R for a transfer, which may take long; first whether it is idle, which may not: throws `sessionBusy`. R's words
 * become errors where there are some for them.
 */
export async function transferCall(compute: ComputeClient, session: string, code: string): Promise<string> {
  await compute.callText(session, 'NULL', IDLE_WAIT_MS);
  try {
    return await compute.callText(session, code, TRANSFER_MS);
  } catch (error) {
    if (!(error instanceof FarsideError) || error.code !== 'callFailed') throw error;
    const reason = String(error.details['reason']);
    const absent = ABSENT.exec(reason)?.[1];
    if (absent !== undefined) throw new FarsideError('noSuchObject', { name: absent });
    if (DISK_FULL.test(reason)) throw new FarsideError('diskFull', {}, { cause: error });
    const limit = TOO_LARGE.exec(reason)?.[1];
    if (limit !== undefined) throw new FarsideError('objectsTooLarge', { limit });
    throw error;
  }
}
