import { Listeners, type Disposable } from '../disposable.ts';

/** A shorter gap is not worth a mark. */
export const AWAY_MS = 60_000;
/** A gap this long is marked even when nothing was missed. */
export const LONG_AWAY_MS = 10 * 60_000;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in its two largest units: "45 s", "12 m 5 s", "3 h 12 m", "2 d 4 h". Rounded down. */
export function span(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`;
  if (ms < HOUR) return two(ms, MINUTE, 'm', SECOND, 's');
  if (ms < DAY) return two(ms, HOUR, 'h', MINUTE, 'm');
  return two(ms, DAY, 'd', HOUR, 'h');
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}

/** Whether a gap gets a mark. `missed`: something happened in the session meanwhile. */
export const isAway = (ms: number, missed: boolean): boolean => ms > (missed ? AWAY_MS : LONG_AWAY_MS);

/** Between two notes that the session is in sight. */
const SEEN_EVERY_MS = 1_000;

/**
 * Follows when the session was last in sight, by the wall clock: timers stand still while a machine sleeps, so a gap
 * in the notes was slept through. Tells each gap once.
 */
export class LastSeen {
  readonly #now: () => number;
  readonly #inSight: () => boolean;
  readonly #listeners = new Listeners<[number]>();
  #at: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `at`: when an earlier window saw it last, ms since 1970. */
  constructor(now: () => number, inSight: () => boolean, at?: number) {
    this.#now = now;
    this.#inSight = inSight;
    this.#at = at;
  }

  /** ms since 1970; undefined when it was never seen. */
  get at(): number | undefined {
    return this.#at;
  }

  onAway(listener: (ms: number) => void): Disposable {
    return this.#listeners.add(listener);
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (!this.#inSight()) return;
      this.tellGap(false);
      this.seen();
    }, SEEN_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  seen(at = this.#now()): void {
    this.#at = at;
  }

  /** Tells the gap up to now when it is worth a mark. `missed`: something happened meanwhile. */
  tellGap(missed: boolean): void {
    if (this.#at === undefined) return;
    const gap = this.#now() - this.#at;
    if (!isAway(gap, missed)) return;
    this.#at = this.#now();
    this.#listeners.fire(gap);
  }
}
