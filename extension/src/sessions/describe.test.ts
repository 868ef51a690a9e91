import { expect, test } from 'vitest';
import type { SessionInfo, SessionState } from '@farside/protocol';
import { duration, inOrder, isAlive, sessionDetail, stateLook } from './describe.ts';

const NOW = 1_000_000;
const session = (state: SessionState): SessionInfo => ({
  id: 's',
  name: 'analysis',
  owner: 'ada',
  created: 0,
  lastActivity: NOW - 30_000,
  workdir: '/w',
  head: 0,
  state,
});
const final = { cause: 'quit', message: 'R has ended.' } as const;

test.each<[SessionState, string]>([
  [{ state: 'starting' }, 'starting'],
  [{ state: 'idle', prompt: 'top' }, 'idle'],
  [{ state: 'idle', prompt: 'browser' }, 'in the browser'],
  [{ state: 'waiting', prompt: 'readline', text: '' }, 'waiting for an answer'],
  [{ state: 'waiting', prompt: 'menu', text: '1: a\n\nSelection: ' }, 'asks “Selection:”'],
  [{ state: 'busy', since: NOW - 500 }, 'busy'],
  [{ state: 'busy', since: NOW - 65_000 }, 'busy for 1 min'],
  [{ state: 'ended', final }, 'ended 30 s ago'],
  [{ state: 'ended', final: { cause: 'oom', message: '' } }, 'out of memory 30 s ago'],
])('%o is said as "%s"', (state, words) => {
  expect(sessionDetail(session(state), NOW)).toBe(words);
  expect(stateLook(state).icon).toMatch(/^[a-z-]+(~spin)?$/);
});

test('the current session says so before the R version', () => {
  const hello = { protocol: 1, pid: 7, rVersion: '4.2.2', rHome: '/r', platform: 'x', workdir: '/w' };
  const idle = { ...session({ state: 'idle', prompt: 'top' }), hello };
  expect(sessionDetail(idle, NOW, true)).toBe('idle · current · R 4.2.2');
});

test('a long question is cut; a session nobody used says for how long', () => {
  const long = session({ state: 'waiting', prompt: 'readline', text: 'x'.repeat(200) });
  expect(sessionDetail(long, NOW).length).toBeLessThan(60);
  const idle = session({ state: 'idle', prompt: 'top' });
  expect(sessionDetail(idle, NOW + 7_200_000)).toBe('idle for 2 h');
});

test('memory is in human units, of those that have some', () => {
  const memory = 130_000_000;
  expect(sessionDetail({ ...session({ state: 'idle', prompt: 'top' }), memory }, NOW)).toBe('idle · 130 MB');
  expect(sessionDetail({ ...session({ state: 'ended', final }), memory }, NOW)).toBe('ended 30 s ago');
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
