import { readToken } from '../console/lexemes.ts';

const LONGEST_PATH = 300;
/** Strings that could name a file: no line ends and no characters that names rarely have. */
const LIKELY = /^[^\n\r\t\0<>|*?"]+$/;
const JOINING = new Set(['file.path', 'here', 'path']);

/** File names in the string literals of a script; parts of file.path() and here() are joined. */
export function namedFiles(script: string): string[] {
  const found = new Set<string>();
  let joined: string[] | undefined;
  let word = '';
  for (let at = 0; at < script.length;) {
    const token = readToken(script, at, undefined);
    at = token.end;
    if (token.kind === 'space' || token.kind === 'newline') continue;
    const literal = token.kind === 'value' ? literalOf(token.text) : undefined;
    if (literal !== undefined) {
      add(found, literal);
      joined?.push(literal);
    } else if (token.kind === 'open') joined = JOINING.has(word) ? [] : undefined;
    else if (token.kind === 'close') {
      if (joined && joined.length > 1) add(found, joined.join('/'));
      joined = undefined;
    } else if (token.text !== ',') joined = undefined;
    word = token.kind === 'value' && literal === undefined ? token.text : '';
  }
  return [...found];
}

function literalOf(token: string): string | undefined {
  const raw = /^[rR](["'])(-*)[[({]([^]*)[\])}]\2\1$/.exec(token);
  if (raw) return raw[3];
  // Escapes other than of a backslash or a quote make characters that names of files rarely have.
  if (!/^["'](?:[^\\]|\\[\\"'])*["']$/.test(token)) return undefined;
  return token.slice(1, -1).replace(/\\(.)/g, '$1');
}

function add(found: Set<string>, literal: string): void {
  if (literal.length > LONGEST_PATH || !LIKELY.test(literal)) return;
  const path = literal.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  // Files outside the project can not go up; a bare word is no file more often than it is one.
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]+:/.test(path)) return;
  if (!/[./]/.test(path) || path.split('/').some((part) => part === '..' || part === '')) return;
  found.add(path);
}
