import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fillPage } from './page.ts';
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

test('the page’s document allows our script and style and nothing else, and has no inline code', () => {
  const document = readFileSync(join(import.meta.dirname, '../../media/webview.html'), 'utf8');
  const html = fillPage(document, {
    title: 'A <b>"title"</b>',
    nonce: 'n0nce',
    script: 'https://x/plots.js',
    style: 'https://x/plots.css',
    source: 'https://x',
  });
  expect(html).toContain(
    `content="default-src 'none'; img-src blob:; style-src https://x 'nonce-n0nce'; script-src 'nonce-n0nce'"`,
  );
  expect(html).toContain('A &lt;b>&quot;title&quot;');
  expect(html.match(/<script[^>]*>/g)).toEqual(['<script nonce="n0nce" src="https://x/plots.js">']);
  expect(html).not.toMatch(/\{\{|<style|\son\w+=/);
});
