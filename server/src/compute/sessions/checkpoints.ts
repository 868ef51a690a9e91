import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { SessionState } from '@farside/protocol';
import type { Logger } from 'pino';
import { savedAt } from './workspace.ts';

const MINUTE_MS = 60_000;
/** User code that comes meanwhile waits at most so long. */
const BUDGET_MS = 2_000;
/** Objects of this size are written within the budget by a slow disk; larger workspaces are not saved by the way. */
const LIMIT_BYTES = 64 * 1024 * 1024;

export interface Checkpointed {
  /** The file to save to. */
  readonly file: string;
  readonly minutes: number;
  readonly log: Logger;
  call(code: string, budgetMs: number): Promise<Readable>;
}

/** Saves a session's workspace now and then: at a prompt, when something ran since. */
export class Checkpoints {
  readonly #session: Checkpointed;
  #idle = false;
  /** Something ran since the last attempt. */
  #changed = false;
  #last: number;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `lastActivity`: what a node that was not there can know about what ran. */
  constructor(session: Checkpointed, lastActivity: number) {
    this.#session = session;
    const saved = savedAt(session.file);
    this.#last = saved ?? Date.now();
    this.#changed = lastActivity > (saved ?? 0);
  }

  /** Told of every state of the session. */
  state(state: SessionState): void {
    if (state.state === 'busy') this.#changed = true;
    this.#idle = state.state === 'idle' && state.prompt === 'top';
    if (state.state === 'ending' || state.state === 'ended') this.stop();
    else if (this.#idle) this.#plan();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #plan(): void {
    if (this.#timer || !this.#changed || this.#stopped) return;
    const due = this.#last + this.#session.minutes * MINUTE_MS - Date.now();
    this.#timer = setTimeout(() => void this.#due(), Math.max(due, 0)).unref();
  }

  async #due(): Promise<void> {
    // Busy: the next prompt plans anew.
    if (this.#idle)
      await this.#save().catch((err: unknown) => this.#session.log.warn({ err }, 'no checkpoint'));
    this.#timer = undefined;
    if (this.#idle) this.#plan();
  }

  async #save(): Promise<void> {
    this.#changed = false;
    this.#last = Date.now();
    const args = `${JSON.stringify(this.#session.file)}, ${LIMIT_BYTES}`;
    const code = `local({ s <- farside:::save_workspace(${args}); if (s$saved) "" else s$reason })`;
    const reason = await text(await this.#session.call(code, BUDGET_MS));
    if (reason !== '') this.#session.log.info({ reason }, 'the workspace was not saved');
  }
}
