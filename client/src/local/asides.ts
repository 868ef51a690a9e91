/** An own question of the terminal, and where its answer goes. */
interface Aside {
  readonly code: string;
  readonly done: (reply: string | undefined) => void;
}

/**
 * What the terminal asks R on its own, at R's prompt and one after the other: completions, the width. R's output to
 * it is not shown.
 */
export class Asides {
  #waiting: Aside[] = [];
  #running: Aside | undefined;
  #reply: string | undefined;

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  add(code: string): Promise<string | undefined> {
    return new Promise((done) => this.#waiting.push({ code, done }));
  }

  /** The code to send at a prompt; undefined when there is nothing to ask. */
  next(): string | undefined {
    this.#running = this.#waiting.shift();
    this.#reply = undefined;
    return this.#running?.code;
  }

  answer(text: string): void {
    this.#reply = text;
  }

  /** R is back at its prompt. */
  finish(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.done(this.#reply);
  }

  /** R has ended. */
  drop(): void {
    this.finish();
    for (const { done } of this.#waiting.splice(0)) done(undefined);
  }
}

/** A text as an R literal in ASCII, whatever R's locale is. */
export function rString(text: string): string {
  const escaped = text.replace(/[\\"\x00-\x1f\x7f-\uffff]/g, (c) =>
    c === '"' || c === '\\' ? `\\${c}` : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped.replaceAll(/\\u(d[89ab]..)\\u(d[c-f]..)/g, astral)}"`;
}

/** R knows no surrogates. */
const astral = (_: string, high: string, low: string): string => {
  const point = ((parseInt(high, 16) - 0xd800) << 10) + (parseInt(low, 16) - 0xdc00) + 0x10000;
  return `\\U${point.toString(16).padStart(8, '0')}`;
};
