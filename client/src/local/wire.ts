/** Between these two bytes stands what R says to the terminal; the nonce after the first tells it from other output. */
const BEGIN = '\x1e';
const END = '\x1f';
/** A message that is longer than this was none: its end is lost, and output must not be held back for it. */
const MESSAGE_LIMIT = 1024 * 1024;

/** What a marked prompt waits for. */
export type MarkedKind = 'top' | 'continuation' | 'readline';

export type LocalEvent =
  | { readonly type: 'output'; readonly text: string }
  /** `turn` changes with each command that succeeds. */
  | { readonly type: 'prompt'; readonly kind: MarkedKind; readonly text: string; readonly turn: string }
  /** The answer to what the terminal asked on its own. */
  | { readonly type: 'reply'; readonly text: string };

const KINDS: Readonly<Record<string, MarkedKind>> = { '>': 'top', '+': 'continuation', '?': 'readline' };

/** Takes the messages of profile.R out of R's output: `BEGIN nonce kind turn text END`. Pieces may be cut anywhere. */
export class LocalWire {
  readonly #head: string;
  #held = '';

  constructor(nonce: string) {
    this.#head = BEGIN + nonce;
  }

  read(piece: string): LocalEvent[] {
    const events: LocalEvent[] = [];
    let text = this.#held + piece;
    this.#held = '';
    while (text) {
      const at = this.#find(text);
      if (at > 0) events.push({ type: 'output', text: text.slice(0, at) });
      text = text.slice(at);
      if (!text) break;
      const end = text.indexOf(END);
      if (end < 0 && text.length <= MESSAGE_LIMIT) {
        this.#held = text;
        break;
      }
      if (end >= 0) events.push(...this.#message(text.slice(this.#head.length, end)));
      text = end < 0 ? text.slice(this.#head.length) : text.slice(end + 1);
    }
    return events;
  }

  /** Where a message begins, or may begin when the rest of its head is still to come; else the end. */
  #find(text: string): number {
    for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
      const start = text.slice(at, at + this.#head.length);
      if (this.#head.startsWith(start)) return at;
    }
    return text.length;
  }

  #message(body: string): LocalEvent[] {
    const kind = body[0] ?? '';
    const text = body.slice(2);
    if (kind === '=') return [{ type: 'reply', text }];
    const marked = KINDS[kind];
    return marked ? [{ type: 'prompt', kind: marked, text, turn: body[1] ?? '' }] : [];
  }
}
