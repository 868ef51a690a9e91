import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FarsideError } from '@farside/protocol';
import type { WorkerRuntime } from '../sessions/launch.ts';
import { HelperR, type HelperKind } from './helperR.ts';

export interface HelperOptions {
  readonly runtime: WorkerRuntime;
  readonly kind: HelperKind;
  readonly limitMs: number;
  /** An unused helper holds some 60 MB. */
  readonly idleMs: number;
}

/** Asks a helper R one thing after the other. It is started on demand and replaced when it dies. */
export class HelperQueue {
  readonly #options: HelperOptions;
  #helper: HelperR | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(options: HelperOptions) {
    this.#options = options;
  }

  /** The helper's process, while there is one. */
  get pid(): number | undefined {
    return this.#helper?.alive ? this.#helper.pid : undefined;
  }

  /**
   * What the helper writes to the target, for which `fields` makes a request. `what`: for `cancelled`, with which it
   * rejects when it was no longer wanted at its turn.
   */
  ask(
    fields: (target: string) => readonly (string | number)[],
    what: string,
    wanted: () => boolean = () => true,
  ): Promise<Uint8Array> {
    const turn = this.#queue.then(() => {
      if (this.#disposed || !wanted()) throw new FarsideError('cancelled', { what });
      return this.#ask(fields);
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop();
  }

  async #ask(fields: (target: string) => readonly (string | number)[]): Promise<Uint8Array> {
    clearTimeout(this.#idle);
    const { runtime, kind, limitMs, idleMs } = this.#options;
    if (!this.#helper?.alive) this.#helper = new HelperR(runtime, kind);
    const helper = this.#helper;
    const target = join(helper.dir, 'answer');
    try {
      await helper.ask(fields(target), limitMs);
      return await readFile(target);
    } finally {
      await rm(target, { force: true });
      this.#idle = setTimeout(() => this.#stop(), idleMs).unref();
    }
  }

  #stop(): void {
    clearTimeout(this.#idle);
    this.#helper?.kill();
    this.#helper = undefined;
  }
}
