import { expect, test } from 'vitest';
import type { PlotItem, ToPlots } from '@farside/protocol';
import { NOTHING, emptyText, positionText, receive, select, target } from './state.ts';

const item = (page: number): PlotItem => ({ page, revision: 1, operations: 10 });
const list = (pages: number[], current: number | null): ToPlots => ({
  type: 'plots',
  session: 's',
  title: 'lab',
  pages: pages.map(item),
  current,
});
const three = receive(NOTHING, list([2, 5, 9], 5));

test('says where it stands, also when page numbers have gaps', () => {
  expect(positionText(three)).toBe('Plot 2 of 3');
  expect(positionText(NOTHING)).toBe('');
});

test('steps lead to the neighbours, the first and the last page, and end there', () => {
  expect([target(three, 'previous'), target(three, 'next')]).toEqual([2, 9]);
  const last = select(three, 9);
  expect([target(last, 'next'), target(last, 'last'), target(last, 'first')]).toEqual([null, null, 2]);
  expect(target(NOTHING, 'next')).toBeNull();
});

test('a current page that is gone gives way to the newest', () => {
  expect(receive(three, list([9, 10], 5)).current).toBe(10);
  expect(receive(three, list([], 5)).current).toBeNull();
});

test('a failure counts for the page that is shown only, and a new list takes it away', () => {
  const failed = { type: 'failed', session: 's', page: 5, message: 'no' } as const;
  expect(receive(three, failed).problem).toBe('no');
  expect(receive(three, { ...failed, page: 2 }).problem).toBeNull();
  expect(receive(three, { ...failed, session: 'other' }).problem).toBeNull();
  expect(receive(receive(three, failed), list([2, 5, 9], 5)).problem).toBeNull();
});

test('an empty page says what to do', () => {
  expect(emptyText(NOTHING)).toMatch(/start a session/);
  expect(emptyText(receive(NOTHING, list([], null)))).toMatch(/No plots in lab/);
});
