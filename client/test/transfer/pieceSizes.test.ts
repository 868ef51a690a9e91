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

test('where connections end inside a piece they become smaller, and larger again when pieces arrive', () => {
  const sizes = new PieceSizes(false, false);
  const seen = (step: 'broken' | 'arrived') => {
    sizes[step]();
    return sizes.next(150 * MIB) / MIB;
  };
  expect(['broken', 'broken', 'broken', 'broken'].map(() => seen('broken'))).toEqual([8, 1, 1 / 8, 1 / 16]);
  const grown = Array.from({ length: 6 }, () => seen('arrived'));
  // Not to what broke before: to what every proxy takes.
  expect(grown).toEqual([1 / 8, 1 / 4, 1 / 2, 900 / 1024, 900 / 1024, 900 / 1024]);
});

test('one break of a good line costs little', () => {
  const sizes = new PieceSizes(false, false);
  sizes.broken();
  for (const size of [8, 16, 32, 32]) {
    expect(sizes.next(150 * MIB)).toBe(size * MIB);
    sizes.arrived();
  }
});
