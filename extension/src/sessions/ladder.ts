/** A second wish to interrupt that comes sooner than this is the same wish. */
const PATIENCE_MS = 1_000;

/** What the next interrupt of a session does: as Ctrl-C, stronger (child processes too), or ask whether to end R. */
export type Rung = 'interrupt' | 'stronger' | 'end';

interface Tried {
  readonly times: number;
  readonly at: number;
}

/** How far up the ladder each busy session is; back at its foot as soon as R is. */
export class InterruptLadder {
  readonly #tried = new Map<string, Tried>();

  /** What an interrupt would do now. `seen`: interrupts that were made elsewhere, e.g. by Ctrl-C in the terminal. */
  next(session: string, seen = 0): Rung {
    const times = Math.max(seen, this.#tried.get(session)?.times ?? 0);
    return times === 0 ? 'interrupt' : times === 1 ? 'stronger' : 'end';
  }

  /** Takes a step, and says which; undefined when the wish is the one of a moment ago. */
  climb(session: string, seen = 0, now = Date.now()): Rung | undefined {
    const tried = this.#tried.get(session);
    if (tried !== undefined && now - tried.at < PATIENCE_MS) return undefined;
    const rung = this.next(session, seen);
    if (rung !== 'end') this.#tried.set(session, { times: rung === 'interrupt' ? 1 : 2, at: now });
    return rung;
  }

  /** R is back, or gone. True when it had been interrupted. */
  reset(session: string): boolean {
    return this.#tried.delete(session);
  }

  get sessions(): readonly string[] {
    return [...this.#tried.keys()];
  }
}
