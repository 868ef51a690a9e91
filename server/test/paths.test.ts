import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FarsideError } from '@farside/protocol';
import { checkName, checkPath } from '../src/files/paths.ts';
import { Root } from '../src/files/root.ts';

const codeOf = (work: () => unknown): string => {
  try {
    return `fine: ${String(work())}`;
  } catch (error) {
    return error instanceof FarsideError ? error.code : String(error);
  }
};

describe('checkPath', () => {
  it.each([
    ['a', 'a'],
    ['data/x.csv', 'data/x.csv'],
    ['./data//x.csv', 'data/x.csv'],
    ['...', '...'],
    ['..a/b..', '..a/b..'],
    ['ünï/日本.R', 'ünï/日本.R'],
    ['a\\b', 'a\\b'],
    [`${'x'.repeat(255)}`, 'x'.repeat(255)],
  ])('takes %j', (path, clean) => expect(checkPath(path)).toBe(clean));

  it.each([
    '',
    '.',
    './',
    '/etc/passwd',
    '..',
    '../x',
    'a/../b',
    'a/..',
    'a/',
    'a\0b',
    'a\nb',
    'a\u007fb',
    '\ud800',
  ])('refuses %j', (path) => expect(codeOf(() => checkPath(path))).toBe('badPath'));
  it('refuses names and paths that are too long', () => {
    expect(codeOf(() => checkPath('x'.repeat(300)))).toBe('badPath');
    expect(codeOf(() => checkPath('ü'.repeat(128)))).toBe('badPath');
    expect(codeOf(() => checkPath('a/'.repeat(3000) + 'b'))).toBe('badPath');
  });
  it('takes one name where folders are not wanted', () => {
    expect(codeOf(() => checkName('a/b'))).toBe('badPath');
    expect(checkName('a b')).toBe('a b');
  });
});

describe('Root', () => {
  let dir: string;
  let root: Root;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'farside-root-'));
    await mkdir(join(dir, 'inside', 'sub'), { recursive: true });
    await writeFile(join(dir, 'secret'), 'secret');
    await writeFile(join(dir, 'inside', 'file'), 'text');
    await symlink(join(dir, 'secret'), join(dir, 'inside', 'link'));
    await symlink(dir, join(dir, 'inside', 'up'));
    await symlink('sub', join(dir, 'inside', 'within'));
    await symlink(join(dir, 'inside-evil'), join(dir, 'inside', 'sibling'));
    await mkdir(join(dir, 'inside-evil'));
    root = new Root(join(dir, 'inside'));
  });
  afterAll(() => rm(dir, { recursive: true }));
  const failure = (work: Promise<unknown>) => work.then(String, (error: FarsideError) => error.code);

  it('opens what is inside and nothing else', async () => {
    const { handle, stats } = await root.open('file');
    await handle.close();
    expect(stats.size).toBe(4n);
    for (const path of ['link', 'up/secret', 'sub', 'nowhere', 'file/x', 'up/inside/nowhere'])
      expect([path, await failure(root.open(path))]).toEqual([
        path,
        path === 'file/x' ? 'badPath' : 'noSuchFile',
      ]);
  });
  it('gives no place outside', async () => {
    expect(await root.place('within/new/x')).toBe(join(dir, 'inside', 'sub', 'new', 'x'));
    for (const path of ['up/x', 'up/y/z', 'sibling/x', 'sub', 'file/x'])
      expect([path, await failure(root.place(path))]).toEqual([path, 'badPath']);
  });
  it('removes a link and not what it leads to', async () => {
    await symlink(join(dir, 'secret'), join(dir, 'inside', 'gone'));
    await root.remove('gone');
    expect(await failure(root.remove('gone'))).toBe('noSuchFile');
    expect(await failure(root.remove('up/secret'))).toBe('badPath');
    const { handle } = await new Root(dir).open('secret');
    await handle.close();
  });
});
