import { describe, expect, it } from 'vitest';
import type { JobInfo } from '@farside/protocol';
import { findJob } from '../../src/cli/jobsFind.ts';
import { fileNames } from '../../src/cli/jobsResults.ts';
import { jobsTable, jobText } from '../../src/cli/jobsTable.ts';
import { endText, exitCodeOf } from '../../src/cli/jobsWait.ts';
import { checkJobOptions } from '../../src/cli/runAsync.ts';

const job = (more: Partial<JobInfo>): JobInfo => ({
  id: 'aaaaaaaa-1',
  name: 'fit',
  owner: 'me',
  file: 'fit.R',
  session: 's',
  state: 'running',
  created: 0,
  files: [],
  plots: 0,
  results: [],
  frames: false,
  ...more,
});

describe('finding a job', () => {
  const jobs = [job({}), job({ id: 'aaaabbbb-2', name: 'other' }), job({ id: 'cccc', name: 'other' })];
  it.each([
    ['aaaaaaaa-1', 'aaaaaaaa-1'],
    ['aaaab', 'aaaabbbb-2'],
    ['fit', 'aaaaaaaa-1'],
  ])('%s means %s', (text, id) => expect(findJob(jobs, text).id).toBe(id));
  it.each([
    ['aaaa', /fits several jobs: aaaaaaaa-1, aaaabbbb-2/],
    ['other', /fits several/],
    ['', /no job/],
    ['zzz', /no job "zzz"/],
  ])('"%s" is refused', (text, words) => expect(() => findJob(jobs, text)).toThrow(words));
});

describe('files of results', () => {
  it('stay in their folder, whatever a server calls its objects', () => {
    const hostile = ['../../.bashrc', '..', '/etc/passwd', 'a\\b', 'x\u0000\n', '', 'ü', 'C:'];
    const files = [...fileNames(hostile).values()];
    expect(files.filter((file) => /[/\\\p{Cc}:]/u.test(file))).toEqual([]);
    expect(files.every((file) => file.endsWith('.rds') && file !== '.rds')).toBe(true);
    expect(fileNames(['ü']).get('ü')).toBe('ü.rds');
  });
  it('are each of one object, also where the file system knows no case', () => {
    const names = ['x', 'X', 'a/b', 'a_b', 'x-2'];
    const files = [...fileNames(names).values()].map((file) => file.toLowerCase());
    expect(new Set(files).size).toBe(names.length);
  });
});

it('exit codes are those of R where it has one', () => {
  expect(exitCodeOf(job({ state: 'succeeded' }), 0)).toBe(0);
  expect(exitCodeOf(job({ state: 'failed' }), 3)).toBe(3);
  expect(exitCodeOf(job({ state: 'cancelled' }), 0)).toBe(1);
  expect(exitCodeOf(job({ state: 'lost' }))).toBe(1);
});

it('the end of a job is said with its reason', () => {
  expect(endText(job({ state: 'succeeded' }))).toBe('');
  expect(endText(job({ state: 'lost', message: 'R was killed.' }))).toBe('the job is lost: R was killed.');
  const error = { message: 'bad x\n', traceback: [] };
  expect(endText(job({ state: 'failed', error }))).toBe('the job is failed: bad x');
});

it('nothing of a job steers the terminal', () => {
  const hostile = job({
    name: 'a\u001b]0;x\u0007',
    progress: { value: 0.999, text: '\u001b[2J' },
    error: { message: 'one\r\u001b[Atwo', traceback: ['f()\n'] },
    message: '\u009b1m',
  });
  const text = jobsTable([hostile], 0) + jobText(hostile, 0);
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(text).toContain('99 %');
});

describe('flags of a run', () => {
  it.each([
    [{ async: true, keep: true }, /--keep/],
    [{ async: true, out: 'x' }, /--out/],
    [{ results: 'x' }, /--results goes with --async/],
    [{ async: true, results: 'x', resultsAll: true }, /not both/],
  ])('%j is refused', (options, words) => expect(() => checkJobOptions(options)).toThrow(words));
  it.each([{}, { keep: true, out: 'x' }, { async: true, results: 'x', dumpFrames: true }])(
    '%j is taken',
    (options) => expect(() => checkJobOptions(options)).not.toThrow(),
  );
});
