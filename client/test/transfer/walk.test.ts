import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeFiles } from '../../src/transfer/nodeFiles.ts';
import { walk } from '../../src/transfer/walk.ts';

let root = '';
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'farside-walk-'))));
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
async function paths(included: string[] = []): Promise<string[]> {
  const { files } = await walk(nodeFiles(root), new Set(included), undefined);
  return files.map(({ path }) => path);
}

test('ignore files hold in their folder, the nearer one decides', async () => {
  await put({
    '.gitignore': '*.log\n/build/\n',
    'a.R': '',
    'a.log': '',
    'build/x.R': '',
    'sub/.gitignore': '!keep.log\nown.R\n',
    'sub/keep.log': '',
    'sub/other.log': '',
    'sub/own.R': '',
    'sub/build/y.R': '',
  });
  expect(await paths()).toEqual(['.gitignore', 'a.R', 'sub/.gitignore', 'sub/build/y.R', 'sub/keep.log']);
});

test('.farsideignore leaves out more, and what it takes back is offered', async () => {
  await put({
    '.gitignore': 'data/\n',
    '.farsideignore': 'big.csv\n!data/raw.csv\n',
    'big.csv': '',
    'data/raw.csv': '',
    'data/other.csv': '',
    'x.R': '',
  });
  const found = await walk(nodeFiles(root), new Set(), undefined);
  expect(found.files.map(({ path }) => path)).toEqual(['.farsideignore', '.gitignore', 'x.R']);
  expect(found.asked).toEqual(['data/raw.csv']);
  expect(await paths(['data/raw.csv'])).toContain('data/raw.csv');
});

test('root markers go up even when ignored, version control and libraries never do', async () => {
  await put({
    '.gitignore': '*.Rproj\nDESCRIPTION\n.here\n',
    'p.Rproj': '',
    DESCRIPTION: '',
    '.here': '',
    '.git/config': 'secret',
    'node_modules/x.js': '',
    'renv/library/p/DESCRIPTION': '',
    'renv/activate.R': '',
    '.Rproj.user/x': '',
  });
  const found = await walk(nodeFiles(root), new Set(), undefined);
  expect(found.git).toBe(true);
  expect(found.files.map(({ path }) => path)).toEqual([
    '.gitignore',
    '.here',
    'DESCRIPTION',
    'p.Rproj',
    'renv/activate.R',
  ]);
});

test('links to files count, links to folders do not', async () => {
  await put({ 'dir/a.R': '' });
  await symlink(join(root, 'dir/a.R'), join(root, 'link.R'));
  await symlink(root, join(root, 'dir/loop'));
  expect(await paths()).toEqual(['dir/a.R', 'link.R']);
});

test('an agreed file that is gone is no error, and a cancelled walk stops', async () => {
  await put({ 'a.R': '' });
  expect(await paths(['gone.csv'])).toEqual(['a.R']);
  await expect(walk(nodeFiles(root), new Set(), AbortSignal.abort())).rejects.toThrow(/cancelled/);
});
