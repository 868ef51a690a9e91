import type { InputId } from '@farside/protocol';

export interface RunOptions {
  /** File name as errors and srcrefs show it, relative to the working directory. */
  readonly name: string;
  readonly text: string;
  readonly echo: boolean;
  /** commandArgs(TRUE) during the run. */
  readonly args?: readonly string[];
}

export interface PendingInput {
  readonly id: InputId;
  readonly what: { readonly kind: 'input'; readonly text: string } | ({ readonly kind: 'run' } & RunOptions);
}

/**
 * Inputs that were sent, or wait to be sent, and are not yet known to be in the journal. They are sent again in
 * order after each attach; the worker knows them by their id, so that none runs twice.
 */
export class PendingInputs {
  readonly client: bigint;
  #counter = 0;
  readonly #pending = new Map<number, PendingInput>();

  constructor() {
    this.client = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 1n;
  }

  /** The client id as it goes over the wire. */
  get clientHex(): string {
    return this.client.toString(16).padStart(16, '0');
  }

  add(what: PendingInput['what']): PendingInput {
    const id: InputId = { client: this.client, counter: ++this.#counter };
    const pending: PendingInput = { id, what };
    this.#pending.set(id.counter, pending);
    return pending;
  }

  /** Accepted or refused: not to be sent again. Says whether it was one of ours that waited. */
  settle(id: InputId): boolean {
    return id.client === this.client && this.#pending.delete(id.counter);
  }

  isOwn(id: InputId): boolean {
    return id.client === this.client;
  }

  inOrder(): readonly PendingInput[] {
    return [...this.#pending.values()];
  }

  get size(): number {
    return this.#pending.size;
  }
}
