import { expect, test } from 'vitest';
import { ByteCache } from './cache.ts';

test('what was used least recently goes first, and the bytes stay within the limit', () => {
  const cache = new ByteCache(10);
  cache.set('a', new Uint8Array(4));
  cache.set('b', new Uint8Array(4));
  cache.get('a');
  cache.set('c', new Uint8Array(4));
  expect([cache.get('a')?.length, cache.get('b'), cache.get('c')?.length, cache.bytes]).toEqual([
    4,
    undefined,
    4,
    8,
  ]);
});

test('setting a key again replaces it, and what can never fit is not kept', () => {
  const cache = new ByteCache(10);
  cache.set('a', new Uint8Array(4));
  cache.set('a', new Uint8Array(6));
  expect(cache.bytes).toBe(6);
  cache.set('a', new Uint8Array(11));
  expect([cache.bytes, cache.get('a')]).toEqual([0, undefined]);
});
