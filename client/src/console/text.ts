const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const WORD = /[\p{L}\p{N}\p{M}_.]/u;
/** No grapheme people type is longer; bounds how far a step looks. */
const LOOK = 64;

export const isAscii = (text: string): boolean => PRINTABLE_ASCII.test(text);

/** What a reader sees as single characters: an emoji family is one. */
export function graphemes(text: string): string[] {
  return isAscii(text) ? text.split('') : Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Start of the grapheme before `at`. */
export function before(text: string, at: number): number {
  const last = graphemes(text.slice(Math.max(0, at - LOOK), at)).at(-1);
  return at - (last?.length ?? 0);
}

/** End of the grapheme at `at`. */
export function after(text: string, at: number): number {
  const first = graphemes(text.slice(at, at + LOOK))[0];
  return at + (first?.length ?? 0);
}

/** Start of the word before `at`; letters, digits, `_` and `.` make a word, as in R's names. */
export function wordBefore(text: string, at: number): number {
  let i = at;
  while (i > 0 && !isWord(text, i - 1)) i--;
  while (i > 0 && isWord(text, i - 1)) i--;
  return i;
}

/** End of the word after `at`. */
export function wordAfter(text: string, at: number): number {
  let i = at;
  while (i < text.length && !isWord(text, i)) i++;
  while (i < text.length && isWord(text, i)) i++;
  return i;
}

/** Start of what stands between blanks before `at`. */
export function blankBefore(text: string, at: number): number {
  let i = at;
  while (i > 0 && /\s/.test(text[i - 1] ?? '')) i--;
  while (i > 0 && !/\s/.test(text[i - 1] ?? '')) i--;
  return i;
}

export const lineStart = (text: string, at: number): number =>
  at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
export function lineEnd(text: string, at: number): number {
  const i = text.indexOf('\n', at);
  return i < 0 ? text.length : i;
}

/** Half a surrogate pair counts as its whole: letters beyond the basic plane are words too. */
function isWord(text: string, i: number): boolean {
  const unit = text.charCodeAt(i);
  const low = unit >= 0xdc00 && unit < 0xe000;
  return WORD.test(String.fromCodePoint(text.codePointAt(low && i > 0 ? i - 1 : i) ?? 0));
}
