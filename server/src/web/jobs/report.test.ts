import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readReport } from './report.ts';

const dir = mkdtempSync(join(tmpdir(), 'farside-report-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const of = (value: unknown) => {
  writeFileSync(join(dir, 'job.json'), typeof value === 'string' ? value : JSON.stringify(value));
  return readReport(dir);
};

it('reads what R has written', async () => {
  const results = [{ name: 'x', class: 'list', size: 3, file: '1.rds' }];
  expect(await of({ state: 'running', started: 5, results, files: [], frames: true })).toEqual({
    state: 'running',
    started: 5,
    results,
    frames: true,
  });
});

it('takes nonsense for nothing', async () => {
  expect(await readReport(join(dir, 'none'))).toBeUndefined();
  for (const nonsense of ['', '{', '[]', 'null', { state: 'won', started: 1 }, { state: 'running' }])
    expect(await of(nonsense)).toBeUndefined();
  truncateSync(join(dir, 'job.json'), 64 * 1024 * 1024);
  expect(await readReport(dir)).toBeUndefined();
});

it('drops the part that is nonsense, and never takes a path for a file of R', async () => {
  const progress = { value: 7, text: 'x' };
  expect(await of({ state: 'running', started: 1, progress })).toEqual({
    state: 'running',
    started: 1,
    results: [],
    frames: false,
  });
  for (const file of ['../1.rds', '/etc/passwd', '1.rds/..', 'a.rds', ''])
    expect(
      (await of({ state: 'running', started: 1, results: [{ name: 'x', class: 'y', size: 1, file }] }))
        ?.results,
    ).toEqual([]);
});

it('cuts what is too long', async () => {
  const error = { message: 'x'.repeat(200_000), traceback: Array<string>(2_000).fill('f()') };
  const report = await of({ state: 'failed', started: 1, error });
  expect(report?.error?.message).toHaveLength(100_000);
  expect(report?.error?.traceback).toHaveLength(1_000);
});
