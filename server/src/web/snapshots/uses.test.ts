import { expect, test } from 'vitest';
import { Uses } from './uses.ts';

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a snapshot goes when the last that loads it is done, also when that failed', async () => {
  const uses = new Uses();
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<never>()];
  const loads = [uses.during('a', () => first.promise), uses.during('a', () => second.promise)] as const;
  const seen: string[] = [];
  const ended = uses.end('a', async () => void seen.push('gone'));
  await uses.end('b', async () => void seen.push('other'));
  first.resolve('loaded');
  expect(await loads[0]).toBe('loaded');
  await soon();
  expect(seen).toEqual(['other']);
  second.reject(new Error('R ended'));
  await expect(loads[1]).rejects.toThrow('R ended');
  await ended;
  expect(seen).toEqual(['other', 'gone']);
});

test('one that is being deleted is neither loaded nor deleted again; one that could not be is there', async () => {
  const uses = new Uses();
  const load = Promise.withResolvers<undefined>();
  const loading = uses.during('a', () => load.promise);
  const failed = uses.end('a', () => Promise.reject(new Error('disk')));
  const refused = { code: 'noSuchSnapshot' };
  await expect(uses.during('a', () => Promise.resolve())).rejects.toMatchObject(refused);
  await expect(uses.end('a', () => Promise.resolve())).rejects.toMatchObject(refused);
  load.resolve(undefined);
  await loading;
  await expect(failed).rejects.toThrow('disk');
  expect(await uses.during('a', () => Promise.resolve(1))).toBe(1);
});
