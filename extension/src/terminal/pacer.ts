/** A terminal in an editor draws so much in {@link TICK_MS} without falling behind. */
const CHARS_PER_TICK = 96 * 1024;
const TICK_MS = 25;
/** What may wait here before the server is held back. */
const ENOUGH_CHARS = 256 * 1024;

/**
 * Gives text on no faster than an editor draws it. VS Code takes all that a pseudoterminal writes and never says how
 * far it is: what is too much piles up in the extension host and in the window, and a key pressed to stop a flood
 * would wait behind it. An echo, a round trip to the window behind the text, says that the window has taken it; a
 * window that is gone gives none, and gets no more.
 */
export class Pacer {
  readonly #sink: (text: string) => void;
  #waiting: string[] = [];
  #size = 0;
  #budget = CHARS_PER_TICK;
  #timer: NodeJS.Timeout | undefined;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  readonly #echo: () => Promise<unknown>;

  constructor(sink: (text: string) => void, echo: () => Promise<unknown>) {
    this.#sink = sink;
    this.#echo = echo;
  }

  write(text: string): void {
    this.#waiting.push(text);
    this.#size += text.length;
    this.#drain();
  }

  /** Undefined while there is room for more; else a promise of it. */
  room(): Promise<void> | undefined {
    if (this.#size < ENOUGH_CHARS) return undefined;
    if (this.#room === undefined) {
      let resolve = (): void => undefined;
      const promise = new Promise<void>((done) => (resolve = done));
      this.#room = { promise, resolve };
    }
    return this.#room.promise;
  }

  /** Gives the rest on at once. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#budget = Infinity;
    this.#drain();
  }

  #drain(): void {
    while (this.#budget > 0 && this.#waiting.length > 0) {
      const text = this.#waiting.shift() ?? '';
      const cut = cutAt(text, this.#budget);
      if (cut < text.length) this.#waiting.unshift(text.slice(cut));
      this.#budget -= cut;
      this.#size -= cut;
      this.#sink(text.slice(0, cut));
    }
    if (this.#size < ENOUGH_CHARS) {
      this.#room?.resolve();
      this.#room = undefined;
    }
    if (this.#budget < CHARS_PER_TICK) this.#timer ??= setTimeout(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const again = (): void => {
      this.#timer = undefined;
      this.#budget = CHARS_PER_TICK;
      this.#drain();
    };
    this.#echo().then(again, again);
  }
}

/** Where to cut a text: never between the two halves of a character. */
function cutAt(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff ? at + 1 : at;
}
