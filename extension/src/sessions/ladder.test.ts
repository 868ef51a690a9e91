import { expect, test } from 'vitest';
import { InterruptLadder } from './ladder.ts';

test('interrupt, stronger, then the question, which may be asked again', () => {
  const ladder = new InterruptLadder();
  expect([0, 2_000, 4_000, 6_000].map((now) => ladder.climb('s', 0, now))).toEqual([
    'interrupt',
    'stronger',
    'end',
    'end',
  ]);
});

test('a double click is one wish; another session has its own ladder', () => {
  const ladder = new InterruptLadder();
  expect(ladder.climb('s', 0, 0)).toBe('interrupt');
  expect(ladder.climb('s', 0, 300)).toBeUndefined();
  expect(ladder.climb('t', 0, 300)).toBe('interrupt');
});

test('Ctrl-C in the terminal counts', () => {
  const ladder = new InterruptLadder();
  expect(ladder.next('s', 1)).toBe('stronger');
  expect(ladder.climb('s', 2)).toBe('end');
});

test('R is back: from the foot again', () => {
  const ladder = new InterruptLadder();
  ladder.climb('s', 0, 0);
  expect(ladder.reset('s')).toBe(true);
  expect(ladder.reset('s')).toBe(false);
  expect(ladder.climb('s', 0, 100)).toBe('interrupt');
});
