import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listPages, parsePages } from './pages.ts';

const line = (page: number, revision: number, more = ''): string =>
  `{"page":${page},"revision":${revision},"operations":7${more}}\n`;

test('the last line about a page counts, and a removed page is gone', () => {
  const pages = parsePages(line(1, 1) + line(2, 1) + line(1, 2) + line(3, 1) + line(2, 0, ',"removed":true'));
  expect(pages).toEqual([
    { page: 1, revision: 2, operations: 7 },
    { page: 3, revision: 1, operations: 7 },
  ]);
});

test('a line that a crash cut, and lines that are not ours, are skipped', () => {
  expect(parsePages(`${line(1, 1)}nonsense\n{"page":"x"}\n\0\n${line(2, 1).slice(0, 12)}`)).toHaveLength(1);
});

test('a page is not listed whose file went before a killed worker could say so', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'farside-plots-'));
  await mkdir(join(dir, 'plots'));
  await writeFile(join(dir, 'plots', 'pages.jsonl'), line(1, 1) + line(2, 1));
  await writeFile(join(dir, 'plots', '2.rds'), '');
  expect((await listPages(dir)).map(({ page }) => page)).toEqual([2]);
});

test('a session that never drew has no pages', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'farside-plots-'));
  expect(await listPages(dir)).toEqual([]);
});
