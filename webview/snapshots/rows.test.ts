import { expect, test } from 'vitest';
import type { SnapshotItem } from '@farside/protocol';
import { clicked, holdsText, NEWEST_FIRST, sorted } from './rows.ts';

const item = (id: string, created: number, more: Partial<SnapshotItem> = {}): SnapshotItem => ({
  id,
  name: id,
  created,
  size: 1,
  ...more,
});
const items = [item('b10', 1, { size: 5, rVersion: '4.2.2' }), item('b9', 3), item('A', 2, { size: 9 })];
const ids = (list: readonly SnapshotItem[]): string[] => list.map(({ id }) => id);

test('the newest comes first; names in the order of people', () => {
  expect(ids(sorted(items, NEWEST_FIRST))).toEqual(['b9', 'A', 'b10']);
  expect(ids(sorted(items, { key: 'name', descending: false }))).toEqual(['A', 'b9', 'b10']);
  expect(ids(sorted(items, { key: 'size', descending: true }))).toEqual(['A', 'b10', 'b9']);
});

test('what is not known comes last, both ways round', () => {
  for (const descending of [true, false])
    expect(ids(sorted(items, { key: 'rVersion', descending }))).toEqual(['b10', 'b9', 'A']);
});

test('a click turns a column around', () => {
  const size = clicked(NEWEST_FIRST, 'size');
  expect([size, clicked(size, 'size'), clicked(size, 'name')]).toEqual([
    { key: 'size', descending: true },
    { key: 'size', descending: false },
    { key: 'name', descending: false },
  ]);
});

test('contents in words', () => {
  expect(holdsText(item('a', 1, { objects: 1, files: 0 }))).toBe('1 object, 0 files');
  expect(holdsText(item('a', 1))).toBe('');
});
