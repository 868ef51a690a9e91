import { expect, test } from 'vitest';
import { journalUpTo } from './fetch.ts';

async function* pieces(onRead: () => void, ...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    onRead();
    yield await Promise.resolve(new TextEncoder().encode(text));
  }
}

test('puts the pieces together and counts', async () => {
  const counts: number[] = [];
  const whole = await journalUpTo(
    100,
    pieces(() => undefined, 'ab', 'cdé'),
    (bytes) => counts.push(bytes),
  );
  expect(new TextDecoder().decode(whole)).toBe('abcdé');
  expect(counts).toEqual([2, 6]);
});

test('stops reading when it is too long', async () => {
  let read = 0;
  const much = pieces(() => read++, 'aaaa', 'bbbb', 'cccc', 'dddd');
  expect(await journalUpTo(6, much)).toBeUndefined();
  expect(read).toBe(2);
});
