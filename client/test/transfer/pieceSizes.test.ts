import { expect, test } from 'vitest';
import { PieceSizes } from '../../src/transfer/pieceSizes.ts';

const MIB = 1024 * 1024;

/** All pieces of an upload of so many bytes. */
function all(sizes: PieceSizes, total: number): number[] {
  const pieces: number[] = [];
  for (let left = total; left > 0; left -= pieces.at(-1) ?? left) pieces.push(sizes.next(left));
  return pieces.map((size) => size / MIB);
}

test('a file whose hash is known goes in large pieces', () => {
  expect(all(new PieceSizes(false, false), 150 * MIB)).toEqual([64, 64, 22]);
});

test('one that is hashed late has a short last piece', () => {
  expect(all(new PieceSizes(false, true), 150 * MIB)).toEqual([64, 64, 18, 4]);
  expect(all(new PieceSizes(false, true), 64 * MIB)).toEqual([60, 4]);
  expect(all(new PieceSizes(false, true), 3 * MIB)).toEqual([3]);
});

test('a proxy that says that they are too large gets small ones, once', () => {
  const sizes = new PieceSizes(false, true);
  expect(sizes.tooLarge()).toBe(true);
  expect(sizes.next(150 * MIB)).toBeLessThan(1e6);
  expect(sizes.tooLarge()).toBe(false);
  expect(new PieceSizes(true, false).next(150 * MIB)).toBeLessThan(1e6);
});

test('where connections end inside a piece they become smaller, down to what every proxy takes', () => {
  const sizes = new PieceSizes(false, false);
  const seen = [1, 2, 3, 4].map(() => {
    sizes.broken();
    return sizes.next(150 * MIB);
  });
  expect(seen).toEqual([8 * MIB, MIB, 900 * 1024, 900 * 1024]);
});
