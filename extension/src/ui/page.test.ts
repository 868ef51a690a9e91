import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fillPage } from './page.ts';

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
