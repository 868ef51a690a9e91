import { expect, test } from 'vitest';
import { helpTargetOf, noteOf } from './describe.ts';
import { shownKey, shownParts } from './uri.ts';

test('help that is named opens its page', () => {
  expect(helpTargetOf({ kind: 'help', topic: 'lm', package: 'stats' })).toEqual({
    kind: 'topic',
    topic: 'lm',
    package: 'stats',
  });
  expect(helpTargetOf({ kind: 'help' })).toBeUndefined();
  expect(helpTargetOf({ kind: 'vignette', topic: 'intro' })).toBeUndefined();
});

test('what a server says stays one harmless line', () => {
  const note = noteOf({ kind: 'view', title: 'a\x1b]0;x\x07\nb\u202e', rows: 2, columns: 1 });
  expect(note).toBe('[table: a ]0;x  b , 2 × 1, in an editor tab]');
  expect(noteOf({ kind: 'url', url: 'https://a.example/' })).toBe('[web page: https://a.example/]');
});

test('the address of a shown text says what it is, and nonsense is none', () => {
  const where = { url: 'http://h:1', session: 's' };
  for (const key of [
    { ...where, document: 3 },
    { ...where, file: 'sub/a b.R' },
  ])
    expect(shownKey(shownParts(key, 'x').query)).toEqual(key);
  expect(shownParts({ ...where, document: 1 }, 'a/b\\c:d').path).toBe('/a_b_c_d');
  for (const query of ['', 'url=x', 'url=x&session=s', 'url=x&session=s&document=-1'])
    expect(shownKey(query)).toBeUndefined();
});
