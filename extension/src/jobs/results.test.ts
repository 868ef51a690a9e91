import { expect, test } from 'vitest';
import { namesIn, resultsOf } from './results.ts';

test('a star keeps the whole workspace, nothing named keeps nothing', () => {
  expect(resultsOf(['fit', '*'])).toBe(true);
  expect(resultsOf([])).toBeUndefined();
  expect(resultsOf(['fit', 'x'])).toEqual(['fit', 'x']);
});

test('names with commas, spaces or both', () => {
  expect(namesIn(' fit, .x  data.frame,')).toEqual(['fit', '.x', 'data.frame']);
  expect(namesIn('  ')).toEqual([]);
});
