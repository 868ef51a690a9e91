import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rEnvironment } from '../../src/runtime/environment.ts';
import { findR } from '../../src/runtime/findR.ts';
import { lock, tryLock } from '../../src/runtime/lock.ts';
import { packageSources } from '../../src/runtime/sources.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'farside-runtime-'));

/** A program that answers like an R of this version. */
function fakeR(version: string): string {
  const path = join(folder(), 'R');
  writeFileSync(
    path,
    `#!/bin/sh\n[ "$1" = RHOME ] && echo /r/home || echo "R version ${version} (2020-01-01)"\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

describe('the environment of R', () => {
  it('has no secrets of the server and a UTF-8 locale', () => {
    const env = rEnvironment(
      { X: '1' },
      { FARSIDE_ADMIN_PASSWORD: 's', NODE_OPTIONS: 'n', HOME: '/h', LC_ALL: 'C' },
    );
    expect(env).toEqual({ HOME: '/h', LANG: 'C.UTF-8', X: '1' });
  });
  it('keeps the locale of the user where it is UTF-8', () => {
    expect(rEnvironment({}, { LANG: 'de_DE.utf8' })).toEqual({ LANG: 'de_DE.utf8' });
  });
});

describe('finding R', () => {
  it('takes the R that is named', async () => {
    const path = fakeR('4.4.1');
    expect(await findR(path)).toEqual({ path, home: '/r/home', version: '4.4.1' });
  });
  it('refuses one that is too old', async () => {
    await expect(findR(fakeR('3.6.3'))).rejects.toMatchObject({
      code: 'rTooOld',
      details: { version: '3.6.3' },
    });
  });
  it('says when there is none', async () => {
    await expect(findR('/nonexistent/R')).rejects.toMatchObject({ code: 'rNotFound' });
    await expect(findR(undefined, { PATH: folder() })).rejects.toMatchObject({ code: 'rNotFound' });
  });
});

describe('the lock', () => {
  it('is held once and free after its release', async () => {
    const path = join(folder(), 'lock');
    const held = tryLock(path);
    expect(held).toBeDefined();
    expect(tryLock(path)).toBeUndefined();
    const waiting = lock(path);
    held?.release();
    (await waiting).release();
  });
});

it('leaves what builds and tests leave behind out of the sources', () => {
  const dir = folder();
  for (const path of ['DESCRIPTION', 'src/a.c', 'src/a.o', 'src/a.so', 'tests/t.R']) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), '');
  }
  expect(packageSources(dir)).toEqual(['DESCRIPTION', 'src/a.c']);
});
