import { FarsideError } from '@farside/protocol';
import { expect, test } from 'vitest';
import { normalizeUrl } from '../src/connection/url.ts';

test.each([
  ['http://host:12800', 'http://host:12800/'],
  ['https://host/farside/', 'https://host/farside/'],
  ['https://host/farside', 'https://host/farside/'],
  ['  host  ', 'http://host:12800/'],
  ['host:8000', 'http://host:8000/'],
  ['localhost:12800/r?x=1#y', 'http://localhost:12800/r/'],
  ['http://[::1]:12800', 'http://[::1]:12800/'],
])('%s is %s', (typed, expected) => {
  expect(normalizeUrl(typed)).toBe(expected);
});

test.each(['', 'ftp://host', 'http://', 'http://a b', 'file:///x', 'http://user:pass@host'])(
  '%s is no address',
  (typed) => {
    expect(() => normalizeUrl(typed)).toThrow(FarsideError);
  },
);

test('a password in an address is not repeated', () => {
  expect(() => normalizeUrl('http://user:secret@host')).toThrow(/^(?!.*secret)/);
});
