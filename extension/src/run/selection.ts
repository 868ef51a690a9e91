/** Lines of a document, from `start` to `end` inclusive, both from 0. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** Whether R would wait for more after this text. */
export type Incomplete = (text: string) => boolean;

const BLANK_OR_COMMENT = /^\s*(?:#.*)?$/;

/** The next line with code at or after `from`; undefined when there is none. */
export function nextCodeLine(lines: readonly string[], from: number): number | undefined {
  for (let i = from; i < lines.length; i++) if (!BLANK_OR_COMMENT.test(lines[i] ?? '')) return i;
  return undefined;
}

/**
 * The top-level expression that covers a line, or the next one after blank lines and comments. Expressions are
 * found from the top of the document, since a line in the middle of a call does not tell where the call began.
 */
export function expressionAt(
  lines: readonly string[],
  line: number,
  incomplete: Incomplete,
): LineRange | undefined {
  let start = nextCodeLine(lines, 0);
  while (start !== undefined) {
    const end = endOf(lines, start, incomplete);
    if (end >= line) return { start, end };
    start = nextCodeLine(lines, end + 1);
  }
  return undefined;
}

/** An expression that never ends (a missing brace) is cut to its first line: the rest stays runnable. */
function endOf(lines: readonly string[], start: number, incomplete: Incomplete): number {
  let text = lines[start] ?? '';
  for (let end = start; end < lines.length; text += `\n${lines[++end] ?? ''}`)
    if (!incomplete(text)) return end;
  return start;
}
