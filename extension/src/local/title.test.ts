import { expect, test } from 'vitest';
import { localTitle } from './title.ts';

test('the title says which R, how it stands and what is on hold', () => {
  expect(localTitle({ state: 'idle' })).toBe('Local R');
  expect(localTitle({ state: 'busy' })).toBe('Local R (busy)');
  expect(localTitle({ state: 'waiting' }, 'model')).toBe('Local R (asks, model paused)');
});
