import { expect, test } from 'vitest';
import { counted } from './counted.ts';

test('one is one', () => {
  expect([counted(1, 'file'), counted(0, 'file'), counted(2, 'box', 'boxes')]).toEqual([
    '1 file',
    '0 files',
    '2 boxes',
  ]);
});
