import stringWidth from 'string-width';
import { graphemes } from './text.ts';
import { isNarrowInUnicode11 } from './unicode11.ts';

/** Cells that one grapheme takes in a terminal. */
export type WidthOf = (grapheme: string) => number;

const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;

const SOFT_HYPHEN = '\u00ad';

/** For terminals that draw a grapheme as one unit (most of today's). */
export const graphemeWidth: WidthOf = memo((grapheme) => stringWidth(grapheme));

/** For xterm.js with Unicode 11, as in VS Code: each code point has its own cells, so a family of three is six wide. */
export const codePointWidth: WidthOf = memo((grapheme) => {
  let cells = 0;
  for (const point of grapheme) cells += pointWidth(point);
  return cells;
});

function pointWidth(point: string): number {
  if (point === SOFT_HYPHEN || isNarrowInUnicode11(point.codePointAt(0) ?? 0)) return 1;
  return ZERO_WIDTH.test(point) ? 0 : stringWidth(point);
}

export function textWidth(text: string, width: WidthOf): number {
  let cells = 0;
  for (const grapheme of graphemes(text)) cells += width(grapheme);
  return cells;
}

const MEMO_LIMIT = 10_000;
/** ASCII is answered at once; the rest is measured once. */
function memo(measure: WidthOf): WidthOf {
  const known = new Map<string, number>();
  return (grapheme) => {
    if (grapheme.length === 1 && grapheme >= ' ' && grapheme < '\x7f') return 1;
    let cells = known.get(grapheme);
    if (cells === undefined) {
      if (known.size > MEMO_LIMIT) known.clear();
      cells = measure(grapheme);
      known.set(grapheme, cells);
    }
    return cells;
  };
}
