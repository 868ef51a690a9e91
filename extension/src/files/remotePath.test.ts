import { expect, test } from 'vitest';
import { foldersOf, localName, pathProblem } from './remotePath.ts';

test.each(['a.csv', 'data/new folder/ü.csv', '.Rprofile', 'a..b', '...'])('"%s" is a name', (path) => {
  expect(pathProblem(path)).toBeUndefined();
});

test.each([
  ['', 'Type'],
  ['  ', 'Type'],
  ['/etc/passwd', 'inside'],
  ['~/x', 'inside'],
  ['../x', 'lead out'],
  ['a/../../x', 'lead out'],
  ['a\nb', 'control'],
  ['data/', 'missing'],
  ['data/.', 'missing'],
  ['ü'.repeat(128), 'too long'],
])('"%s" is none, and it says why', (path, why) => {
  expect(pathProblem(path)).toContain(why);
});

test('a name from elsewhere is proposed as one that every system takes', () => {
  expect(['a:b?.csv', '..', 'x. ', 'fine.R'].map(localName)).toEqual(['a_b_.csv', '_', 'x', 'fine.R']);
});

test('folders have the files of those below them', () => {
  const files = [
    { path: 'a.R', size: 1 },
    { path: 'd/b.R', size: 2 },
    { path: 'd/e/c.R', size: 4 },
  ];
  expect(foldersOf(files)).toEqual([
    { path: '', count: 3, size: 7 },
    { path: 'd', count: 2, size: 6 },
    { path: 'd/e', count: 1, size: 4 },
  ]);
  expect(foldersOf([])).toEqual([]);
});
