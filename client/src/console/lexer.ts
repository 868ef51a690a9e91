import { readToken } from './lexemes.ts';

/** `error` also counts as ready: R shall say what is wrong. */
export type Completeness = 'complete' | 'incomplete' | 'error';

const CLOSER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '[[': ']', '{': '}' };

interface Open {
  readonly bracket: string;
  /** The parentheses of if, for, while or function: a body must follow. */
  readonly header: boolean;
}

/**
 * Whether R text can be evaluated as it is, or R would ask for more. Errs towards complete: R then shows "+", while
 * the other way the user could not get the line to R.
 */
export function completeness(text: string): Completeness {
  const open: Open[] = [];
  let last: 'start' | 'value' | 'operator' | 'keyword' | 'end' = 'start';
  let at = 0;
  while (at < text.length) {
    const token = readToken(text, at, open.at(-1)?.bracket);
    at = token.end;
    switch (token.kind) {
      case 'unfinished':
        return 'incomplete';
      case 'wrong':
        return 'error';
      case 'space':
        break;
      case 'newline':
        // Inside ( and [ a line end is a blank; at top level and in { it ends a value.
        if (last === 'value' && isBlock(open)) last = 'end';
        break;
      case 'value':
        if (last === 'value') return 'error';
        last = 'value';
        break;
      case 'else':
        if (open.length === 0 && last !== 'value') return 'error';
        last = 'operator';
        break;
      case 'keyword':
        if (last === 'value') return 'error';
        last = 'keyword';
        break;
      case 'operator':
        last = 'operator';
        break;
      case 'separator':
        if (token.text === ',' && open.length === 0) return 'error';
        last = token.text === ';' ? 'end' : 'start';
        break;
      case 'open':
        open.push({ bracket: token.text, header: last === 'keyword' });
        last = 'start';
        break;
      case 'close': {
        const opened = open.pop();
        if (!opened || CLOSER[opened.bracket] !== token.text[0]) return 'error';
        last = opened.header ? 'operator' : 'value';
        break;
      }
    }
  }
  return open.length > 0 || last === 'operator' || last === 'keyword' ? 'incomplete' : 'complete';
}

const isBlock = (open: readonly Open[]): boolean => open.length === 0 || open.at(-1)?.bracket === '{';
