import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pacer } from './pacer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const there = (): Promise<void> => Promise.resolve();

test('a little goes at once; a flood in pieces, whole and in order, and holds the sender back', async () => {
  const got: string[] = [];
  const pacer = new Pacer((text) => got.push(text), there);
  pacer.write('> ');
  expect(got).toEqual(['> ']);
  expect(pacer.room()).toBeUndefined();

  const flood = Array.from({ length: 20 }, (_, i) => String(i % 10).repeat(100_000));
  for (const text of flood) pacer.write(text);
  const sent = (): number => got.reduce((sum, text) => sum + text.length, 0);
  expect(sent()).toBeLessThan(200_000);
  let free = false;
  const room = pacer.room()?.then(() => (free = true));
  await vi.advanceTimersByTimeAsync(25);
  expect(free).toBe(false);
  await vi.advanceTimersByTimeAsync(5_000);
  await room;
  expect(pacer.room()).toBeUndefined();
  expect(got.join('')).toBe(`> ${flood.join('')}`);
});

test('no character is cut in two', async () => {
  const got: string[] = [];
  const pacer = new Pacer((text) => got.push(text), there);
  const smiles = `x${'😀'.repeat(150_000)}`;
  pacer.write(smiles);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(got.length).toBeGreaterThan(1);
  for (const text of got) expect(text).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
  expect(got.join('')).toBe(smiles);
});

test('a window that does not answer gets no more', async () => {
  let sent = 0;
  const pacer = new Pacer(
    (text) => (sent += text.length),
    () => new Promise(() => undefined),
  );
  for (let i = 0; i < 100; i++) pacer.write('z'.repeat(10_000));
  const before = sent;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent).toBe(before);
  expect(sent).toBeLessThan(200_000);
  expect(pacer.room()).toBeDefined();
});

test('what waits when the terminal closes is not lost', () => {
  const got: string[] = [];
  const pacer = new Pacer((text) => got.push(text), there);
  pacer.write('y'.repeat(1_000_000));
  pacer.dispose();
  expect(got.join('').length).toBe(1_000_000);
});
