import { TerminalFilter } from './filter.ts';

interface Stream {
  readonly decoder: InstanceType<typeof TextDecoder>;
  readonly filter: TerminalFilter;
}

/** Output of R and of its children, each decoded and filtered as a stream of its own: a piece may end inside a character or a sequence. */
export class OutputStreams {
  readonly #streams = new Map<string, Stream>();

  text(type: string, bytes: Uint8Array): string {
    let stream = this.#streams.get(type);
    if (!stream) {
      stream = { decoder: new TextDecoder('utf-8'), filter: new TerminalFilter() };
      this.#streams.set(type, stream);
    }
    return stream.filter.pass(stream.decoder.decode(bytes, { stream: true }));
  }

  /** At a prompt: a sequence that was never finished does not swallow what comes next. */
  reset(): void {
    for (const { filter } of this.#streams.values()) filter.reset();
  }
}

/** One whole text, e.g. a prompt. */
export const filtered = (text: string): string => new TerminalFilter().pass(text);
