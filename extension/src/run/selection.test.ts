import { expect, test } from 'vitest';
import { completeness } from '@farside/client';
import { expressionAt, nextCodeLine } from './selection.ts';

const incomplete = (text: string): boolean => completeness(text) === 'incomplete';
const at = (text: string, line: number): [number, number] | undefined => {
  const range = expressionAt(text.split('\n'), line, incomplete);
  return range && [range.start, range.end];
};

const SCRIPT = `# comment
x <- 1

f <- function(a,
              b) {
  a + b # sum

}
y <- x |>
  sqrt()
"a string
over lines"
`;

test.each([
  ['a comment means the next expression', 0, [1, 1]],
  ['a line by itself', 1, [1, 1]],
  ['a blank line means the next expression', 2, [3, 7]],
  ['inside a function the whole definition', 5, [3, 7]],
  ['a blank line inside braces', 6, [3, 7]],
  ['a pipe', 9, [8, 9]],
  ['a string over lines', 11, [10, 11]],
  ['after the last one nothing', 12, undefined],
])('%s', (_, line, range) => expect(at(SCRIPT, line)).toEqual(range));

test('a missing brace does not swallow the rest', () => {
  expect(at('f <- function() {\nx <- 1\ny <- 2', 1)).toEqual([1, 1]);
});

test('a file of comments has no code', () => {
  expect(at('# a\n\n  # b', 0)).toBeUndefined();
  expect(nextCodeLine(['# a', ' '], 0)).toBeUndefined();
});
