import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFileLock } from './fileLock.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'farside-lock-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('one at a time, and free again after a failure', async () => {
  const path = join(dir, 'deep', 'lock');
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  await Promise.all(Array.from({ length: 5 }, () => withFileLock(path, work)));
  expect(most).toBe(1);
  await expect(withFileLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await withFileLock(path, work);
});

test('a holder that died is passed over', async () => {
  const path = join(dir, 'lock');
  writeFileSync(path, '');
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(path, longAgo, longAgo);
  expect(await withFileLock(path, () => Promise.resolve('mine'))).toBe('mine');
});
