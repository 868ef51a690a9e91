import { expect, test } from 'vitest';
import type { SessionInfo, SessionState } from '@farside/protocol';
import { duration, inOrder, isAlive, sessionDetail, stateLook } from './describe.ts';

const NOW = 1_000_000;
const session = (state: SessionState): SessionInfo => ({
  id: 's',
  name: 'analysis',
  owner: 'ada',
  created: 0,
  lastActivity: 0,
  workdir: '/w',
  head: 0,
  state,
});
const final = { cause: 'quit', message: 'R has ended.' } as const;

test.each<[SessionState, string]>([
  [{ state: 'starting' }, 'starting'],
  [{ state: 'idle', prompt: 'top' }, 'idle'],
  [{ state: 'idle', prompt: 'browser' }, 'in the browser'],
  [{ state: 'waiting', prompt: 'menu', text: '1: ' }, 'waiting for an answer'],
  [{ state: 'busy', since: NOW - 500 }, 'busy'],
  [{ state: 'busy', since: NOW - 65_000 }, 'busy for 1 min'],
  [{ state: 'ended', final }, 'ended'],
])('%o is said as "%s"', (state, words) => {
  expect(sessionDetail(session(state), NOW)).toBe(words);
  expect(stateLook(state).icon).toMatch(/^[a-z-]+(~spin)?$/);
});

test('the current session says so before the R version', () => {
  const hello = { protocol: 1, pid: 7, rVersion: '4.2.2', rHome: '/r', platform: 'x', workdir: '/w' };
  const idle = { ...session({ state: 'idle', prompt: 'top' }), hello };
  expect(sessionDetail(idle, NOW, true)).toBe('idle · current · R 4.2.2');
});

test('durations are rough', () => {
  expect([0, 59_400, 61_000, 7_300_000, 200_000_000].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '2 h',
    '2 d',
  ]);
});

test('a session is alive until its end is recorded', () => {
  expect(isAlive(session({ state: 'ending' }))).toBe(true);
  expect(isAlive(session({ state: 'ended', final }))).toBe(false);
});

test('ended sessions come last, the newest first', () => {
  const make = (id: string, created: number, ended: boolean): SessionInfo => ({
    ...session(ended ? { state: 'ended', final } : { state: 'idle', prompt: 'top' }),
    id,
    created,
    lastActivity: created,
  });
  const list = [make('d', 1, true), make('b', 4, false), make('c', 3, true), make('a', 2, false)];
  expect(inOrder(list).map((one) => one.id)).toEqual(['a', 'b', 'c', 'd']);
});
