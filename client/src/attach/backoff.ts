/** First wait after a lost connection; a server that was restarted is back within a second or two. */
const FIRST_MS = 250;
/** Longest wait: once the network is back, the prompt is too within two seconds. An attempt that fails costs little. */
const LONGEST_MS = 1_500;

/**
 * Exponential, with jitter so that many clients do not return to a restarted server in the same moment.
 * @param attempt 1 after the first failure
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random = Math.random()): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.round(ceiling * (0.5 + random / 2));
}

/** How long a slow network may take to connect, and how long to wait where silence most likely means no network. */
const PATIENT_MS = 15_000;
const BRISK_MS = 4_000;
/** Every so many attempts one is patient, for the network that is only slow. */
const PATIENT_EVERY = 3;

/**
 * How long an attempt to connect may take. Packets into nowhere are repeated ever more rarely, so a fresh attempt finds
 * a network that is back sooner than an old one.
 * @param attempt 0 for the first
 */
export const attemptMs = (attempt: number): number => (attempt % PATIENT_EVERY === 0 ? PATIENT_MS : BRISK_MS);
