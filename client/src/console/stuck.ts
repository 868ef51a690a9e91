import { FarsideError } from '@farside/protocol';
import { InterruptLadder } from './interrupts.ts';

export const NOT_STOPPED =
  'R has not stopped yet. Interrupted again, child processes too. Press Ctrl-C once more to be asked about ending R.';
export const END_QUESTION = 'End R? Files and journal are kept, the workspace is saved if R lets us. [y/N] ';
const NOT_CONNECTED = '[not connected: the interrupt was not sent]';
const LEAVE = 'Press Ctrl-C once more to leave; the session goes on.';

export interface StuckHost {
  /** Sends an interrupt; false without a connection. */
  readonly interrupt: (level: 1 | 2) => boolean;
  readonly notice: (text: string) => void;
  /** Asks instead of us. Resolves true to have R ended. */
  readonly onEndR?: () => Promise<boolean>;
  /** Has R ended. */
  readonly endR?: () => Promise<unknown>;
  readonly changed: () => void;
  /** Closes the console, where a connection need not be waited for. */
  readonly onLeave?: () => void;
  /** Where R is not a session of a server. */
  readonly words?: { readonly question: string; readonly noWay: string };
  /** ms; for tests. */
  readonly now?: () => number;
}

/** What Ctrl-C does while R does not come back: interrupt, interrupt stronger, offer to end R. */
export class Stuck {
  readonly #host: StuckHost;
  readonly #ladder = new InterruptLadder();
  /** Ctrl-C was pressed without a connection. */
  #mayLeave = false;
  #asking: 'no' | 'here' | 'elsewhere' = 'no';

  constructor(host: StuckHost) {
    this.#host = host;
  }

  /** How often R was interrupted since it is busy. */
  get interrupts(): 0 | 1 | 2 {
    return Math.min(this.#ladder.rung, 2) as 0 | 1 | 2;
  }
  /** The next key answers our question. */
  get isAsking(): boolean {
    return this.#asking === 'here';
  }

  press(): void {
    if (this.#asking === 'elsewhere') return;
    const before = this.#ladder.rung;
    const rung = this.#ladder.next(this.#host.now?.());
    if (rung === 3) return this.#ask();
    if (!this.#host.interrupt(rung)) return this.#notConnected();
    this.#mayLeave = false;
    if (rung === 2 && before === 1) this.#host.notice(NOT_STOPPED);
    this.#host.changed();
  }

  /** A key while {@link isAsking}. */
  answer(data: string): void {
    this.#asking = 'no';
    this.#ladder.stepBack();
    if (/^y/i.test(data)) this.#end();
    else this.#host.notice('R goes on.');
  }

  /** R is back at a prompt. */
  reset(): void {
    this.#mayLeave = false;
    this.#ladder.reset();
    if (this.#asking === 'here') this.#asking = 'no';
  }

  #notConnected(): void {
    const { onLeave, notice, words } = this.#host;
    this.#ladder.reset();
    if (words) return notice(words.noWay);
    if (onLeave && this.#mayLeave) return onLeave();
    this.#mayLeave = true;
    notice(onLeave ? `${NOT_CONNECTED} ${LEAVE}` : NOT_CONNECTED);
  }

  #ask(): void {
    const { onEndR, endR } = this.#host;
    if (onEndR) {
      this.#asking = 'elsewhere';
      void onEndR()
        .catch(() => false)
        .then((yes) => {
          this.#asking = 'no';
          this.#ladder.stepBack();
          if (yes) this.#end();
        });
    } else if (endR) {
      this.#asking = 'here';
      this.#host.notice(this.#host.words?.question ?? END_QUESTION);
    } else {
      this.#ladder.stepBack();
      this.#host.interrupt(2);
    }
  }

  #end(): void {
    this.#host.notice('Ending R…');
    void this.#host.endR?.().catch((error: unknown) => {
      const text = error instanceof FarsideError ? error.text : String(error);
      this.#host.notice(`[R could not be ended: ${text}]`);
    });
  }
}
