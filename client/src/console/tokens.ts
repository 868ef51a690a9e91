import { keyOf, type Key } from './keys.ts';

export type Token =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'key'; readonly key: Key };

const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';
/** One escape sequence as keyboards and mice send it. */

const SEQUENCE = /^\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|O[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b|[^[\]O\x1b])/;
const LONGEST_SEQUENCE = 64;

/** Cuts what a terminal sends into text, keys and pastes; a piece may end anywhere. */
export class Tokenizer {
  #rest = '';
  #paste: string | undefined;

  *read(data: string): Generator<Token> {
    let text = this.#rest + data;
    this.#rest = '';
    while (text) {
      if (this.#paste === undefined && text.startsWith(PASTE_BEGIN)) {
        this.#paste = '';
        text = text.slice(PASTE_BEGIN.length);
      }
      const step = this.#paste === undefined ? this.#typed(text) : this.#pasted(text, this.#paste);
      if (step.token) yield step.token;
      if (step.used === 0) {
        this.#rest = text;
        return;
      }
      text = text.slice(step.used);
    }
  }

  #pasted(text: string, soFar: string): { used: number; token?: Token } {
    const end = text.indexOf(PASTE_END);
    if (end >= 0) {
      this.#paste = undefined;
      return { used: end + PASTE_END.length, token: { type: 'paste', text: soFar + text.slice(0, end) } };
    }
    // A possible start of the end mark stays for the next piece.
    let keep = Math.min(PASTE_END.length - 1, text.length);
    while (keep > 0 && !PASTE_END.startsWith(text.slice(text.length - keep))) keep--;
    this.#paste = soFar + text.slice(0, text.length - keep);
    return { used: text.length - keep };
  }

  #typed(text: string): { used: number; token?: Token } {
    const first = text[0] ?? '';
    if (first === '\x1b') return this.#escape(text);
    if (first < ' ' || first === '\x7f') {
      const used = text.startsWith('\r\n') ? 2 : 1;
      return { used, ...keyToken(first) };
    }
    let end = 1;
    while (end < text.length && (text[end] ?? '') >= ' ' && text[end] !== '\x7f') end++;
    // Half a surrogate pair at the end waits for its other half.
    const last = text.charCodeAt(end - 1);
    if (end === text.length && last >= 0xd800 && last < 0xdc00) end--;
    return end === 0 ? { used: 0 } : { used: end, token: { type: 'text', text: text.slice(0, end) } };
  }

  #escape(text: string): { used: number; token?: Token } {
    const match = SEQUENCE.exec(text.slice(0, LONGEST_SEQUENCE));
    if (match) return { used: match[0].length, ...keyToken(match[0]) };
    // Alone it is the Escape key; with more behind it is a sequence that has not fully arrived.
    if (text.length === 1) return { used: 1, ...keyToken('\x1b') };
    return text.length < LONGEST_SEQUENCE ? { used: 0 } : { used: 1 };
  }
}

function keyToken(bytes: string): { token?: Token } {
  const key = keyOf(bytes);
  return key ? { token: { type: 'key', key } } : {};
}
