import { after, before, blankBefore, lineEnd, lineStart, wordAfter, wordBefore } from './text.ts';

/** The text being typed and the place of the cursor in it (UTF-16 code units). Never changed in place. */
export interface Buffer {
  readonly text: string;
  readonly cursor: number;
}
export const EMPTY: Buffer = { text: '', cursor: 0 };
export const bufferOf = (text: string, cursor = text.length): Buffer => ({ text, cursor });

export const insert = ({ text, cursor }: Buffer, piece: string): Buffer =>
  bufferOf(text.slice(0, cursor) + piece + text.slice(cursor), cursor + piece.length);

export const remove = ({ text }: Buffer, from: number, to: number): Buffer =>
  bufferOf(text.slice(0, from) + text.slice(to), from);

/** Keys that only move the cursor. */
export const MOVES = {
  left: ({ text, cursor }: Buffer) => before(text, cursor),
  right: ({ text, cursor }: Buffer) => after(text, cursor),
  home: ({ text, cursor }: Buffer) => lineStart(text, cursor),
  end: ({ text, cursor }: Buffer) => lineEnd(text, cursor),
  wordLeft: ({ text, cursor }: Buffer) => wordBefore(text, cursor),
  wordRight: ({ text, cursor }: Buffer) => wordAfter(text, cursor),
} as const;

/** Keys that remove a range; those of KILLS keep it for yank. */
export const DELETES = {
  backspace: ({ text, cursor }: Buffer) => [before(text, cursor), cursor] as const,
  delete: ({ text, cursor }: Buffer) => [cursor, after(text, cursor)] as const,
} as const;
export const KILLS = {
  killToEnd: ({ text, cursor }: Buffer) => {
    const end = lineEnd(text, cursor);
    return [cursor, end === cursor ? after(text, cursor) : end] as const;
  },
  killToStart: ({ text, cursor }: Buffer) => [lineStart(text, cursor), cursor] as const,
  killWord: ({ text, cursor }: Buffer) => [cursor, wordAfter(text, cursor)] as const,
  killWordBefore: ({ text, cursor }: Buffer) => [wordBefore(text, cursor), cursor] as const,
  killBlank: ({ text, cursor }: Buffer) => [blankBefore(text, cursor), cursor] as const,
} as const;

/** Swaps the characters around the cursor; at the end the last two. */
export function transpose(buffer: Buffer): Buffer {
  const { text } = buffer;
  const middle = buffer.cursor === text.length ? before(text, text.length) : buffer.cursor;
  const start = before(text, middle);
  const end = after(text, middle);
  return bufferOf(
    text.slice(0, start) + text.slice(middle, end) + text.slice(start, middle) + text.slice(end),
    end,
  );
}

/** The same column in the line above (-1) or below (1); undefined at the edge. */
export function vertical(buffer: Buffer, direction: -1 | 1): Buffer | undefined {
  const { text, cursor } = buffer;
  const start = lineStart(text, cursor);
  const edge = direction < 0 ? start - 1 : lineEnd(text, cursor) + 1;
  if (edge < 0 || edge > text.length) return undefined;
  const from = direction < 0 ? lineStart(text, edge) : edge;
  return bufferOf(text, snap(text, from, Math.min(from + cursor - start, lineEnd(text, from))));
}

/** The nearest place not after `at` that does not cut a grapheme. */
function snap(text: string, from: number, at: number): number {
  let i = from;
  while (i < at) {
    const next = after(text, i);
    if (next > at) return i;
    i = next;
  }
  return i;
}
