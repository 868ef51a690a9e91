import { expect, test } from 'vitest';
import type { SnapshotDetail } from '@farside/protocol';
import { itemOf, lostText, snapshotDetail } from './describe.ts';

const old: SnapshotDetail = {
  id: 'a',
  name: 'before the fit',
  owner: 'ada',
  creationTime: '2026-01-02T03:04:05.678',
  contentSize: 2048,
};

test('the time is UTC, the size that of the zip', () => {
  expect(itemOf(old)).toMatchObject({ created: Date.UTC(2026, 0, 2, 3, 4, 5, 678), size: 2048 });
});

test('what an old snapshot does not know is left out', () => {
  expect(snapshotDetail(old)).toBe('2.0 kB');
  expect(snapshotDetail({ ...old, session: 'points', rVersion: '4.2.2' })).toBe('points · 2.0 kB · R 4.2.2');
});

test('what was lost is named, as much as fits', () => {
  expect(lostText([{ name: 'con', reason: 'it holds a connection' }])).toBe('con: it holds a connection');
  const many = Array.from({ length: 14 }, (_, i) => ({ name: `x${i}`, reason: 'r'.repeat(500) }));
  const lines = lostText(many).split('\n');
  expect(lines).toHaveLength(13);
  expect(lines.at(-1)).toBe('and 2 more, in the log');
  expect(Math.max(...lines.map((line) => line.length))).toBe(120);
});
