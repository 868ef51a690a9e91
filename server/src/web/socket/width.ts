import { FarsideError } from '@farside/protocol';
import type { ComputeClient } from '../../compute/client.ts';

/** A busy R gets the new width when it is idle again. */
const IDLE_MS = 60_000;

/** Sets R's width to that of the terminal: the latest one, as soon as R is idle. */
export class Width {
  readonly #compute: ComputeClient;
  readonly #wanted = new Map<string, number>();
  constructor(compute: ComputeClient) {
    this.#compute = compute;
  }

  set(session: string, columns: number): void {
    const isAsking = this.#wanted.has(session);
    this.#wanted.set(session, columns);
    if (!isAsking) void this.#ask(session);
  }

  dispose(): void {
    this.#wanted.clear();
  }

  /** The width is a courtesy: when it can not be set, nothing else suffers. */
  async #ask(session: string): Promise<void> {
    for (let columns = this.#wanted.get(session); columns !== undefined;) {
      const busy = await this.#compute.callText(session, `farside:::rpc_width(${columns}L)`, IDLE_MS).then(
        () => false,
        (error: unknown) => error instanceof FarsideError && error.code === 'sessionBusy',
      );
      const latest = this.#wanted.get(session);
      if (!busy && latest === columns) this.#wanted.delete(session);
      columns = this.#wanted.get(session);
    }
  }
}
