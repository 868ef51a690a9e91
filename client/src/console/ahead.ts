import type { LineKind } from './editor.ts';

export interface AheadHost {
  /** What R waits for now; undefined while the terminal is somebody else's, or something is asked. */
  readonly kind: () => LineKind | undefined;
  /** It has to wait for R's prompt. */
  readonly waits: (line: string) => boolean;
  /** R reads it when it comes to it. */
  readonly send: (line: string) => void;
  /** R waits for code: the line is shown as if it were typed. */
  readonly enter: (line: string, kind: 'top' | 'continuation') => void;
}

/** Lines typed or pasted ahead. A word like `exit` waits for R's prompt, and what follows waits behind it. */
export class Ahead {
  readonly #host: AheadHost;
  #lines: string[] = [];

  constructor(host: AheadHost) {
    this.#host = host;
  }

  add(...lines: readonly string[]): void {
    this.#lines.push(...lines);
    this.run();
  }

  /** Takes out what waits. */
  take(): string[] {
    return this.#lines.splice(0);
  }

  /** Gives R what can be given to it now. */
  run(): void {
    for (let line = this.#lines[0]; line !== undefined; line = this.#lines[0]) {
      const kind = this.#host.kind();
      if (kind === 'busy' ? this.#host.waits(line) : kind !== 'top' && kind !== 'continuation') return;
      this.#lines.shift();
      if (kind === 'busy') this.#host.send(line);
      else this.#host.enter(line, kind as 'top' | 'continuation');
    }
  }
}
