export type LexemeKind =
  | 'space'
  | 'newline'
  | 'value'
  | 'operator'
  /** if, for, while, function and \: parentheses and a body follow. */
  | 'keyword'
  | 'else'
  | 'separator'
  | 'open'
  | 'close'
  /** A string, or a [[, that has not ended. */
  | 'unfinished'
  | 'wrong';

export interface Lexeme {
  readonly kind: LexemeKind;
  readonly text: string;
  readonly end: number;
}

const RAW_STRING = /[rR](["'])(-*)([[({])/y;
const NUMBER =
  /(?:0[xX][\da-fA-F]+(?:\.[\da-fA-F]*)?(?:[pP][+-]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[Li]?/y;
const NAME = /(?:[\p{L}]|\.(?!\d))[\p{L}\p{N}\p{M}._]*/uy;
const OPERATOR = /<<-|->>|<-|->|<=|>=|==|!=|&&|\|\||\|>|=>|:::|::|:=|\*\*|[-+*/^<>=&|~?:!$@]/y;
const RAW_CLOSER: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };
const KEYWORDS = new Set(['if', 'for', 'while', 'function']);
const AS_OPERATOR = new Set(['repeat', 'in']);

/** The next piece of R text. `bracket` is the innermost open one: it decides what `]` closes. */
export function readToken(text: string, at: number, bracket: string | undefined): Lexeme {
  const c = text[at] ?? '';
  const is = (kind: LexemeKind, length = 1): Lexeme => ({
    kind,
    text: text.slice(at, at + length),
    end: at + length,
  });
  if (c === '\n') return is('newline');
  if (/\s/.test(c)) return is('space');
  if (c === '#') return is('space', upTo(text, '\n', at) - at);
  const raw = match(RAW_STRING, text, at);
  if (raw) return rawString(text, at, raw, is);
  if (c === '"' || c === "'" || c === '`') return quoted(text, at, c, is);
  const word = match(NUMBER, text, at) ?? match(NAME, text, at);
  if (word) return is(wordKind(word[0]), word[0].length);
  if (c === '\\') return is('keyword');
  if (c === '_') return is('value');
  if (c === '%') {
    const end = text.indexOf('%', at + 1);
    return end < 0 || end > upTo(text, '\n', at) ? is('wrong') : is('operator', end + 1 - at);
  }
  if (c === '[') return is('open', text[at + 1] === '[' ? 2 : 1);
  if (c === '(' || c === '{') return is('open');
  if (c === ']' && bracket === '[[') {
    if (text[at + 1] === ']') return is('close', 2);
    return at + 1 >= text.length ? is('unfinished') : is('wrong');
  }
  if (c === ')' || c === ']' || c === '}') return is('close');
  if (c === ';' || c === ',') return is('separator');
  const operator = match(OPERATOR, text, at);
  return operator ? is('operator', operator[0].length) : is('wrong');
}

function wordKind(word: string): LexemeKind {
  if (KEYWORDS.has(word)) return 'keyword';
  if (AS_OPERATOR.has(word)) return 'operator';
  return word === 'else' ? 'else' : 'value';
}

type Make = (kind: LexemeKind, length?: number) => Lexeme;

function rawString(text: string, at: number, raw: RegExpExecArray, is: Make): Lexeme {
  const closer = `${RAW_CLOSER[raw[3] ?? ''] ?? ''}${raw[2] ?? ''}${raw[1] ?? ''}`;
  const end = text.indexOf(closer, at + raw[0].length);
  return end < 0 ? is('unfinished') : is('value', end + closer.length - at);
}

function quoted(text: string, at: number, quote: string, is: Make): Lexeme {
  let i = at + 1;
  while (i < text.length && text[i] !== quote) i += text[i] === '\\' ? 2 : 1;
  return i >= text.length ? is('unfinished') : is('value', i + 1 - at);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function upTo(text: string, mark: string, from: number): number {
  const i = text.indexOf(mark, from);
  return i < 0 ? text.length : i;
}
