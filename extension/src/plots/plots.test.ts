import { expect, test } from 'vitest';
import { Pages } from './pages.ts';

const page = (n: number, revision = 1, removed?: boolean) => ({ page: n, revision, operations: 9, removed });

test('pages come in order, whatever comes first, the list or the records', () => {
  const pages = new Pages();
  for (const one of [page(3), page(1), page(2, 4), page(2, 3), page(1)]) pages.add(one);
  expect(pages.items().map((p) => [p.page, p.revision])).toEqual([
    [1, 1],
    [2, 4],
    [3, 1],
  ]);
  expect(pages.newest).toBe(3);
});

test('a removed page stays gone, also when an old list still has it', () => {
  const pages = new Pages();
  expect(pages.add(page(1))).toBe(true);
  expect(pages.add(page(1, 0, true))).toBe(true);
  expect(pages.add(page(1))).toBe(false);
  expect([pages.items(), pages.newest]).toEqual([[], null]);
});
