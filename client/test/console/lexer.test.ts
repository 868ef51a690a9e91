import { expect, test } from 'vitest';
import { completeness } from '../../src/console/lexer.ts';

test.each([
  '',
  '1',
  'x <- 1; y',
  'f(1,\n2)',
  '# only ( a comment',
  'if (a) b',
  'if (a) b else c',
  'for (i in 1:3) print(i)',
  'while (TRUE) break',
  'function(x) x',
  '\\(x) x + 1',
  '"a # b"',
  "'it'",
  "'quote \" inside'",
  '"escaped \\" quote"',
  '`odd name`',
  'r"(raw ) " text)"',
  "R'---[a]--'b]---'",
  'x[[1]]',
  'x[y[1]]',
  'x[[y[1]]]',
  'x %in% y',
  'a |> b()',
  'x$y@z',
  'pkg::name',
  'x ?y',
  '~ x',
  '-x',
  '{\n1\n}',
  'repeat { break }',
  '.5e-3L',
  '0x1Fp2',
  '变量 <- 1',
  'function() NULL',
  'x = 5',
  'if (x) {\n} else {\n}',
  '...',
  'n',
])('complete: %s', (text) => {
  expect(completeness(text)).not.toBe('incomplete');
});

test.each([
  'f(',
  'f(1,',
  '{',
  'x <-',
  'x +',
  'x %in%',
  'a |>',
  '"open',
  "'open",
  '`open',
  'r"(open',
  'r"--(open)-"',
  'if (a)',
  'if (a) b else',
  'for (i in 1:3)',
  'while (TRUE)',
  'function(x)',
  'function',
  '\\(x)',
  'repeat',
  'x[[1]',
  'x[1',
  'f(function() {\n 1\n}',
  '!',
  '1 + # comment',
  'x ~',
  'pkg::',
])('incomplete: %s', (text) => {
  expect(completeness(text)).toBe('incomplete');
});

test.each([')', 'x)', '1 2', 'x y', '"a" "b"', 'else', '1,2', 'x %in', 'f(]', '}', '(1\n2'])(
  'R shall say what is wrong: %s',
  (text) => {
    expect(completeness(text)).toBe('error');
  },
);
