import { networkInterfaces } from 'node:os';
import { Listeners, type Disposable } from '../disposable.ts';

/** Between two looks at the clock. */
const TICK_MS = 500;
/** A tick that comes this much too late was slept through: a busy event loop is never so late. */
const LATE_MS = 5_000;

/** `sleptMs`: how long the machine (or this process) stood still; 0 when only the network changed. */
export interface Wake {
  readonly sleptMs: number;
}

/**
 * Tells when the machine woke up (by the wall clock: timers do not count sleep) or its network addresses changed.
 * Whoever waits for the network then need not wait longer.
 */
export class WakeWatch {
  readonly #now: () => number;
  readonly #listeners = new Listeners<[Wake]>();
  #listening = 0;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  #addresses = '';

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  onWake(listener: (wake: Wake) => void): Disposable {
    const added = this.#listeners.add(listener);
    if (this.#listening++ === 0) this.#start();
    let open = true;
    return {
      dispose: () => {
        if (!open) return;
        open = false;
        added.dispose();
        if (--this.#listening === 0) this.#stop();
      },
    };
  }

  wake(): void {
    this.#listeners.fire({ sleptMs: 0 });
  }

  dispose(): void {
    this.#stop();
    this.#listeners.clear();
  }

  #start(): void {
    this.#last = this.#now();
    this.#addresses = addresses();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    // Nobody stays alive to watch the clock.
    this.#timer.unref();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = this.#now();
    const slept = now - this.#last - TICK_MS;
    this.#last = now;
    const next = addresses();
    const moved = next !== this.#addresses && next !== '';
    this.#addresses = next;
    if (slept >= LATE_MS) this.#listeners.fire({ sleptMs: slept });
    else if (moved) this.#listeners.fire({ sleptMs: 0 });
  }
}

/** The addresses under which the world may reach this machine; empty without a network. */
function addresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outer = all.filter(({ internal }) => !internal).map(({ address }) => address);
  return outer.sort().join(' ');
}
