import { FarsideError } from '@farside/protocol';

/** Typing errors cost nothing; from here on each failure doubles the wait. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** A pair of user and address is forgotten this long after its last failure. */
const FORGET_MS = 60 * 60_000;
/** Upper bound of memory: the pair that failed longest ago goes first. About 2 MB. */
export const MAX_TRACKED = 10_000;
/** Names are attacker's text: a longer one counts as its beginning. */
const MAX_KEY_CHARACTERS = 160;

interface Failures {
  count: number;
  last: number;
}

/** Slows failed sign-ins down, for each pair of user and address, so that nobody can lock another out. */
export class SignInThrottle {
  readonly #failures = new Map<string, Failures>();
  readonly #now: () => number;
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Throws `slowDown` while the pair has to wait. Counts a failure at once, so that parallel tries count too;
   * {@link succeeded} takes it back.
   */
  begin(user: string, address: string): void {
    const key = keyOf(user, address);
    const now = this.#now();
    const known = this.#failures.get(key);
    const failures = known && now - known.last < FORGET_MS ? known : { count: 0, last: now };
    const left = failures.last + waitAfter(failures.count) - now;
    if (left > 0) throw new FarsideError('slowDown', { seconds: Math.ceil(left / 1000) });
    // Deleted and set: the map's order is the order of last failures.
    this.#failures.delete(key);
    this.#failures.set(key, { count: failures.count + 1, last: now });
    if (this.#failures.size > MAX_TRACKED) this.#failures.delete(this.#failures.keys().next().value ?? '');
  }

  succeeded(user: string, address: string): void {
    this.#failures.delete(keyOf(user, address));
  }

  get size(): number {
    return this.#failures.size;
  }
}

/** How long to wait after so many failures in a row. */
export function waitAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - FREE_FAILURES), LONGEST_WAIT_MS);
}

const keyOf = (user: string, address: string): string => `${address} ${user}`.slice(0, MAX_KEY_CHARACTERS);
