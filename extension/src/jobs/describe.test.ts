import { expect, test } from 'vitest';
import type { JobInfo } from '@farside/protocol';
import { endText, jobDetail, jobRows, madeText } from './describe.ts';

const NOW = 10_000_000;
const job = (more: Partial<JobInfo>): JobInfo => ({
  id: 'j1',
  name: 'fit',
  owner: 'ada',
  file: 'fit.R',
  session: 's1',
  state: 'running',
  created: NOW - 70_000,
  started: NOW - 65_000,
  files: [],
  plots: 0,
  results: [],
  frames: false,
  ...more,
});

test.each<[Partial<JobInfo>, string]>([
  [{ state: 'starting', started: undefined }, 'starting'],
  [{}, 'running for 1 min'],
  [{ progress: { value: 0.459, text: 'fitting' } }, '45 % fitting · running for 1 min'],
  [{ progress: { value: 1, text: '' } }, '100 % · running for 1 min'],
  [{ state: 'waiting' }, 'waits for an answer for 1 min'],
  [{ state: 'succeeded', ended: NOW - 5_000 }, 'done after 1 min · 5 s ago'],
  [{ state: 'failed', ended: NOW, progress: { value: 0.5, text: 'x' } }, 'failed after 1 min · 0 s ago'],
])('%o: %s', (more, text) => expect(jobDetail(job(more), NOW)).toBe(text));

test('the end is one sentence with what was made, or why', () => {
  const made = { plots: 2, files: ['a.csv'], results: [] };
  expect(endText(job({ state: 'succeeded', ended: NOW, ...made }))).toBe(
    'The job “fit” is done after 1 min: 2 plots, 1 file.',
  );
  const error = { message: 'no half of 3\n', traceback: [] };
  expect(endText(job({ state: 'failed', ended: NOW, error }))).toMatch(/failed after 1 min: no half of 3$/);
  expect(endText(job({ state: 'lost', ended: NOW, message: 'R was killed.' }))).toMatch(/lost.*R was killed/);
  expect(madeText(job({}))).toBe('');
});

test('the tooltip has the error and what became of the webhook', () => {
  const webhook = { url: 'https://h/x', state: 'failed', reason: 'timeout' } as const;
  const rows = jobRows(job({ error: { message: 'no', traceback: [] }, webhook }), NOW, String);
  expect(Object.fromEntries(rows)).toMatchObject({ Error: 'no', Webhook: 'https://h/x: failed, timeout' });
});
