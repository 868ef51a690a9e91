import { expect, test } from 'vitest';
import { namedFiles } from '../../src/transfer/namedFiles.ts';
import { safeRelativePath } from '../../src/transfer/paths.ts';

test.each([
  ['read.csv("data/x.csv")', ['data/x.csv']],
  ["source('R/helpers.R')", ['R/helpers.R']],
  ['read("./a.csv") # "no.csv"', ['a.csv']],
  ['here::here("data", "raw", "x.csv")', ['x.csv', 'data/raw/x.csv']],
  ['file.path("data", "y")', ['data/y']],
  ['r"(dir\\file.txt)"', ['dir/file.txt']],
  ['c("/etc/passwd", "../up.csv", "~/x.csv", "C:/x.csv", "https://a.b/c", "word", "a\\nb.c")', []],
  ['x <- "unfinished.csv', []],
])('%s names %j', (script, names) => {
  expect(namedFiles(script)).toEqual(names);
});

test.each([
  '../x',
  '/x',
  'a/../b',
  'a//b',
  '',
  'a\0b',
  'a\\b',
  'C:x',
  '.git/config',
  'a/.GIT/x',
  'con',
  'sub/NUL.txt',
  'x.',
  'a\nb',
])('a server can not make us write to %j', (path) => {
  expect(() => safeRelativePath(path)).toThrow(/not allowed/);
});

test.each(['a.R', 'data/日本 é.csv', '.Rprofile', 'a..b', 'console.R'])('%s is fine', (path) => {
  expect(safeRelativePath(path)).toBe(path);
});
