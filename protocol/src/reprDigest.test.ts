import { expect, test } from 'vitest';
import { readReprDigest, reprDigest } from './reprDigest.ts';

const HASH = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const VALUE = 'sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:';

test('there and back', () => {
  expect(reprDigest(HASH)).toBe(VALUE);
  expect(readReprDigest(VALUE)).toBe(HASH);
  expect(readReprDigest(`sha-512=:AAAA:, ${VALUE}`)).toBe(HASH);
});

test.each([undefined, null, '', 'sha-256=:AAAA:', 'sha-256=abc', `x${VALUE}`, 'sha-256=::'])(
  'what has none: %s',
  (value) => {
    expect(readReprDigest(value)).toBeUndefined();
  },
);
