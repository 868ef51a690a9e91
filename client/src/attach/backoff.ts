/** First wait after a lost connection; a server that was restarted is back within a second or two. */
const FIRST_MS = 250;
/** Longest wait: a laptop that wakes up retries by itself within this. */
const LONGEST_MS = 15_000;

/**
 * Exponential, with jitter so that many clients do not return to a restarted server in the same moment.
 * @param attempt 1 after the first failure
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random = Math.random()): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.round(ceiling * (0.5 + random / 2));
}
