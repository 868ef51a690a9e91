/** VS Code's shell integration: prompts, command lines and their success, with a nonce that output can not know. */
export class Marks {
  readonly #nonce: string;
  readonly #windows: boolean;
  #running = false;

  constructor(options: { readonly nonce: string; readonly windows?: boolean }) {
    this.#nonce = options.nonce;
    this.#windows = options.windows ?? false;
  }

  get start(): string {
    return osc('P;HasRichCommandDetection=True') + osc(`P;IsWindows=${this.#windows ? 'True' : 'False'}`);
  }

  /** Around a prompt that stands in a new place. */
  prompt(text: string): string {
    return `${osc('A')}${text}${osc('B')}`;
  }

  /** After Enter, at column 0. */
  ran(line: string): string {
    this.#running = true;
    return osc(`E;${escapeText(line)};${this.#nonce}`) + osc('C');
  }

  /** Before the next prompt; without a status the line was left. */
  done(status?: 0 | 1): string {
    if (!this.#running && status !== undefined) return '';
    this.#running = false;
    return osc(status === undefined ? 'D' : `D;${status}`);
  }
}

const osc = (text: string): string => `\x1b]633;${text}\x07`;

function escapeText(text: string): string {
  return text.replace(/[\\;\x00-\x20]/g, (c) =>
    c === '\\' ? '\\\\' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
