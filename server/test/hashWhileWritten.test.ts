import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashWhileWritten } from '../src/files/hashWhileWritten.ts';

const PART = Buffer.alloc(700_000, 'some of it ');
let dir = '';
let path = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'farside-written-'));
  path = join(dir, 'file');
});
afterEach(() => rm(dir, { recursive: true }));

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest('hex');

/** The hash of what `work` writes, which begins when somebody reads; and where it is in the end. */
const hashed = (work: () => Promise<unknown>, place = path) =>
  hashWhileWritten(
    path,
    Promise.resolve()
      .then(work)
      .then(() => place),
  );

const grow = async (times: number, part = PART): Promise<void> => {
  for (let i = 0; i < times; i++) await appendFile(path, part);
};

test('of a file that is made and grows meanwhile', async () => {
  expect(await hashed(() => grow(20))).toBe(sha256(...Array.from({ length: 20 }, () => PART)));
});

test('of one that is there before, and of an empty one', async () => {
  await writeFile(path, PART);
  expect(await hashed(() => Promise.resolve())).toBe(sha256(PART));
  expect(await hashed(() => writeFile(path, ''))).toBe(sha256());
});

test('of one that takes the place of what was written first', async () => {
  const other = Buffer.alloc(PART.length * 3, 'another');
  const written = async () => {
    await grow(3);
    await writeFile(`${path}.resolved`, other);
    await rename(`${path}.resolved`, path);
  };
  expect(await hashed(written)).toBe(sha256(other));
});

test('of one that is put in its place by another name', async () => {
  const place = join(dir, 'place');
  const written = async () => {
    await grow(9);
    await rename(path, place);
  };
  expect(await hashed(written, place)).toBe(sha256(...Array.from({ length: 9 }, () => PART)));
});

test('of one that is written anew, longer or shorter', async () => {
  const again = (times: number) => async () => {
    await grow(5);
    await rm(path);
    await grow(times, Buffer.from('again'));
  };
  expect(await hashed(again(2))).toBe(sha256(Buffer.from('againagain')));
  await rm(path);
  expect(await hashed(again(9))).toBe(sha256(Buffer.from('again'.repeat(9))));
});

test('a writer that fails is the error, and one that writes nothing leaves none', async () => {
  const failing = async () => {
    await grow(2);
    await rm(path);
    throw new Error('interrupted');
  };
  await expect(hashed(failing)).rejects.toThrow('interrupted');
  await expect(hashed(() => Promise.resolve())).rejects.toMatchObject({ code: 'ENOENT' });
});
