import { expect, test } from 'vitest';
import { findReferences, insideProject } from './fileLinks.ts';

test.each([
  ['2: half(3) at broken.R#4', 'broken.R', 4, undefined],
  ['  at R/helpers.R:12', 'R/helpers.R', 12, undefined],
  ['Error in parse("analysis.R") : analysis.R:3:7: unexpected symbol', 'analysis.R', 3, 7],
  ['Error in source("R/a b.R"): R/x.R:3:1: unexpected', 'R/x.R', 3, 1],
  ['(reports/one.Rmd:10)', 'reports/one.Rmd', 10, undefined],
  ['/srv/work/points/analysis.R#2', '/srv/work/points/analysis.R', 2, undefined],
])('%s', (line, path, number, column) => {
  const [found] = findReferences(line);
  expect(found).toMatchObject({ path, line: number });
  expect(found?.column).toBe(column);
  expect(line.slice(found?.start, (found?.start ?? 0) + (found?.length ?? 0))).toMatch(path);
});

test.each(['12:30:45', 'http://host.org:80/x', 'a b c', 'ratio 3.5:2', `${'x'.repeat(3000)} a.R:1`])(
  'no link in "%.30s"',
  (line) => expect(findReferences(line)).toEqual([]),
);

test('two in one line', () => {
  expect(findReferences('at a.R#1 and b.R#22').map((ref) => [ref.path, ref.line])).toEqual([
    ['a.R', 1],
    ['b.R', 22],
  ]);
});

test('only paths inside the project become local files', () => {
  const workdir = '/srv/folders/1';
  expect(insideProject('R/x.R', workdir)).toBe('R/x.R');
  expect(insideProject('./x.R', workdir)).toBe('x.R');
  expect(insideProject('/srv/folders/1/R/x.R', workdir)).toBe('R/x.R');
  for (const outside of [
    '/etc/passwd.R',
    '../x.R',
    'R/../../x.R',
    '~/x.R',
    'C:/x.R',
    '/srv/folders/1/../x.R',
  ])
    expect(insideProject(outside, workdir), outside).toBeUndefined();
});
