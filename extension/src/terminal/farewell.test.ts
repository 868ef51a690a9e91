import { expect, test } from 'vitest';
import { farewell, lastKey } from './farewell.ts';

test('says why the session ended and how to start again', () => {
  const text = farewell({ cause: 'killed', message: 'R was killed from outside' }, {});
  expect(text).toContain('R was killed from outside.\r\n');
  expect(text).toMatch(/Enter to start again in the same folder/);
  expect(text).not.toMatch(/objects/);
});

test('says that a saved workspace comes back', () => {
  const final = { cause: 'asked', message: 'R was ended.' } as const;
  expect(farewell(final, { workspaceSaved: 5 })).toMatch(/R was ended\.\r\n[\s\S]*objects were saved/);
});

test.each([
  ['\r', 'restart'],
  ['j', 'journal'],
  ['\x03', 'close'],
  ['x', 'close'],
] as const)('%j: %s', (data, meaning) => expect(lastKey(data)).toBe(meaning));

test('a job says where to look, and is not started again by a key', () => {
  const text = farewell({ cause: 'quit', message: 'R was ended by quit().' }, { kind: 'job' });
  expect(text).toMatch(/Jobs view/);
  expect(text).not.toMatch(/Enter/);
  expect(lastKey('\r', 'job')).toBe('close');
});
