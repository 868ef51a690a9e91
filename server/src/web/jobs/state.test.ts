import { expect, it } from 'vitest';
import type { EndCause, Final, SessionInfo } from '@farside/protocol';
import type { JobReport } from './report.ts';
import { standingOf } from './state.ts';

const report = (state: JobReport['state'], more: Partial<JobReport> = {}): JobReport => ({
  state,
  error: undefined,
  started: 1,
  results: [],
  frames: false,
  ...more,
});
const ended = (cause: EndCause, more: Partial<Final> = {}): SessionInfo['state'] => ({
  state: 'ended',
  final: { cause, message: `because of ${cause}`, ...more },
});
const of = (session: SessionInfo['state'] | undefined, r?: JobReport, cancelled = false) =>
  standingOf({ session, report: r, cancelled });
const BUSY = { state: 'busy', since: 1 } as const;

it('is starting until R has begun the script', () => {
  expect(of(undefined)).toEqual({ state: 'starting' });
  expect(of({ state: 'starting' })).toEqual({ state: 'starting' });
  expect(of({ state: 'idle', prompt: 'top' })).toEqual({ state: 'starting' });
  expect(of(BUSY)).toEqual({ state: 'starting' });
});

it('is running until R is gone, whatever the script came to', () => {
  expect(of(BUSY, report('running'))).toEqual({ state: 'running' });
  expect(of({ state: 'ending' }, report('succeeded'))).toEqual({ state: 'running' });
  expect(of(BUSY, report('failed'), true)).toEqual({ state: 'running' });
});

it('is waiting where the script asks', () => {
  expect(of({ state: 'waiting', prompt: 'readline', text: '?' }, report('running')).state).toBe('waiting');
  expect(of({ state: 'waiting', prompt: 'menu', text: '?' }, report('running')).state).toBe('waiting');
  expect(of({ state: 'idle', prompt: 'browser' }, report('running')).state).toBe('waiting');
});

it('is over as R has written down', () => {
  const error = { message: 'no', traceback: ['f()'] };
  expect(of(ended('quit'), report('succeeded'))).toEqual({ state: 'succeeded' });
  expect(of(ended('killed'), report('succeeded'), true)).toEqual({ state: 'succeeded' });
  expect(of(ended('quit', { status: 1 }), report('failed', { error }))).toEqual({ state: 'failed', error });
  expect(of(ended('quit'), report('failed', { error }), true)).toEqual({ state: 'cancelled' });
});

it('is over as R ended, where the script did not come to an end', () => {
  const running = report('running');
  expect(of(ended('quit', { status: 0 }), running).state).toBe('succeeded');
  expect(of(ended('quit', { status: 2 }), running)).toEqual({
    state: 'failed',
    message: 'The script ended R with status 2.',
  });
  expect(of(ended('quit')).state).toBe('failed');
  expect(of(ended('startup')).state).toBe('failed');
  for (const cause of ['asked', 'eof'] as const) expect(of(ended(cause), running).state).toBe('cancelled');
  for (const cause of ['killed', 'oom', 'memory-limit', 'reboot', 'lease', 'terminated', 'crash'] as const) {
    expect(of(ended(cause), running)).toEqual({ state: 'lost', message: `because of ${cause}` });
    expect(of(ended(cause), running, true)).toEqual({ state: 'cancelled' });
  }
});

it('keeps the call stack of a crash', () => {
  expect(of(ended('crash', { calls: ['f()', 'g()'] }), report('running')).error).toEqual({
    message: 'because of crash',
    traceback: ['f()', 'g()'],
  });
});
