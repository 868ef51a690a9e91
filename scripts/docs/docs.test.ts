import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderDocs } from './render.ts';

const root = join(import.meta.dirname, '..', '..');

// Mend with: npm run docs
test.each(Object.entries(renderDocs(root)))('docs/%s is up to date', (name, text) => {
  expect(readFileSync(join(root, 'docs', name), 'utf8')).toBe(text);
});

test('every command and setting says what it is', () => {
  const { 'commands.md': commands, 'settings.md': settings } = renderDocs(root);
  expect(commands).not.toMatch(/\|\s*\| `/);
  expect(settings).not.toMatch(/\|\s*\|\s*$/m);
});
