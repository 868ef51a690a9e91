import { setFlagsFromString } from 'node:v8';

/** The first V8 that knows the flag. */
const OLDEST_V8 = 13;
const isKnown = Number.parseInt(process.versions.v8, 10) >= OLDEST_V8;
/** The next piece of a file comes soon. */
const LINGER_MS = 1_000;
let users = 0;
let off: NodeJS.Timeout | undefined;

/**
 * Has V8 count the memory of buffers with the rest of its heap while files are on their way. It has a limit of its own
 * for them otherwise, so low that a file which comes in buffers of 64 KB has everything that the program holds looked
 * through eighty times a gigabyte: half of the time that the transfer takes. Not for always: a flood of output would
 * leave twice as much garbage behind.
 */
export async function movingBytes<T>(work: () => Promise<T>): Promise<T> {
  clearTimeout(off);
  if (users++ === 0) count(true);
  try {
    return await work();
  } finally {
    if (--users === 0) off = setTimeout(() => count(false), LINGER_MS).unref();
  }
}

function count(on: boolean): void {
  if (isKnown) setFlagsFromString(`--${on ? '' : 'no-'}external-memory-accounted-in-global-limit`);
}
