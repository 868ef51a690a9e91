import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sharedFiles } from './shared.ts';

it('what both R packages use is the same in both (npm run shared renews it)', () => {
  const files = sharedFiles();
  expect(files.length).toBeGreaterThan(5);
  for (const { from, to } of files) expect(readFileSync(to, 'utf8'), to).toBe(readFileSync(from, 'utf8'));
});
