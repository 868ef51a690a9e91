import { expect, test } from 'vitest';
import type { JobInfo } from '@farside/protocol';
import { newsOf } from './told.ts';

const job = (id: string, ended?: number): JobInfo => ({
  id,
  name: id,
  owner: 'ada',
  file: 'x.R',
  session: 's',
  state: ended === undefined ? 'running' : 'succeeded',
  created: 0,
  ...(ended === undefined ? {} : { ended }),
  files: [],
  plots: 0,
  results: [],
  frames: false,
});
const ids = (jobs: readonly JobInfo[]): string[] => jobs.map((one) => one.id);

test('what ended before the first look is history; later ends are told once, in order', () => {
  const first = newsOf([job('old', 50), job('a')], undefined, 100);
  expect(first.news).toEqual([]);
  const jobs = [job('b', 300), job('a', 200), job('old', 50)];
  const second = newsOf(jobs, first.told, 400);
  expect(ids(second.news)).toEqual(['a', 'b']);
  expect(newsOf(jobs, second.told, 500).news).toEqual([]);
});

test('an end while nobody looked is told, also of a job never seen before', () => {
  const { told } = newsOf([], undefined, 100);
  expect(ids(newsOf([job('cli', 150)], told, 9_999).news)).toEqual(['cli']);
});

test('two ends of the same moment are both told', () => {
  const { told } = newsOf([job('a', 200)], { upTo: 100, ids: [] }, 300);
  expect(ids(newsOf([job('a', 200), job('b', 200)], told, 300).news)).toEqual(['b']);
});
