import { expect, test } from 'vitest';
import { journalKey, journalParts } from './uri.ts';

test('a document names its journal, whatever the session is called', () => {
  const key = { url: 'https://lab:12800/r&d/?x#', session: 'abc' };
  const { path, query } = journalParts(key, 'a/b: "c"\n');
  expect(path).toBe('/a_b_ _c__ (journal).txt');
  expect(journalKey(query)).toEqual(key);
});

test('a document of something else has no journal', () => {
  expect(journalKey('session=1')).toBeUndefined();
});
