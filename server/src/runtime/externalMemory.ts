import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So many bytes of garbage are let lie. */
const MOST_GARBAGE = 16 * 1024 * 1024;
/** So much what a program holds may grow while files move before all of it is looked through. V8's own choice: 0. */
const GROWING_PERCENT = 400;
/** The next piece of a file comes soon. */
const LINGER_MS = 1_000;

type Collect = (how: { readonly type: 'minor' }) => void;

let users = 0;
let off: NodeJS.Timeout | undefined;
let passed = 0;
let collect: Collect | undefined;

/**
 * Lets V8 count on more memory while files are on their way. A file that comes in buffers of 64 KB has everything that
 * the program holds looked through dozens of times a gigabyte otherwise, for a program that has been idle has little
 * room: half of the time that the transfer takes. Not for always: a flood of output would leave more garbage behind.
 * What does this tells `bytesPass` of each buffer.
 */
export async function movingBytes<T>(work: () => Promise<T>): Promise<T> {
  clearTimeout(off);
  if (users++ === 0) mayGrow(GROWING_PERCENT);
  try {
    return await work();
  } finally {
    if (--users === 0) off = setTimeout(() => mayGrow(0), LINGER_MS).unref();
  }
}

const mayGrow = (percent: number): void => setFlagsFromString(`--heap-growing-percent=${percent}`);

/**
 * Counts bytes that came in short-lived buffers; now and then V8 is told to look through its youngest objects, which
 * frees them all in half a millisecond. By itself it goes by the size of the buffers' objects, which is next to
 * nothing.
 */
export function bytesPass(bytes: number): void {
  passed += bytes;
  if (passed < MOST_GARBAGE) return;
  passed = 0;
  collect ??= collector();
  collect({ type: 'minor' });
}

/** Tells {@link bytesPass} of what comes, for one transfer of which somebody says how many bytes are there. */
export function passingBytes(): (there: number) => void {
  let seen = 0;
  return (there) => {
    bytesPass(there - seen);
    seen = there;
  };
}

/** V8 gives its collector to contexts that are made while the flag is set. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const found = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  return found;
}
