import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { REnvironment } from '@farside/protocol';
import { newSession, signIn, type Api } from './support/api.ts';
import { makeRepository, type Repository } from './support/packages.ts';
import { runFarside, startServer, type TestServer } from './support/server.ts';
import { valueIn } from './support/snapshots.ts';

const scratch = mkdtempSync(join(tmpdir(), 'farside-library-'));
let repository: Repository;
let server: TestServer;
let api: Api;
let running: string;
beforeAll(async () => {
  repository = makeRepository(join(scratch, 'repository'));
  await repository.add('zzbase', '1.0');
  await repository.add('zztop', '1.0', { needs: 'zzbase' });
  await repository.add('zzbroken', '1.0', { code: 'stop("it does not build")' });
  server = await startServer();
  api = await signIn(server);
  running = await newSession(api);
});
afterAll(async () => {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const library = (...args: string[]) =>
  runFarside([
    'library',
    ...args,
    '--data-dir',
    server.dataDir,
    ...(args[0] === 'install' ? ['--repos', repository.url] : []),
  ]);
const packages = async (): Promise<string[]> =>
  (await api.ask('rEnvironment'))
    .json<REnvironment>()
    .packages.map(({ name, version }) => `${name} ${version}`);

it('packages are installed with what they need, for new sessions and for those that run', async () => {
  expect(await packages()).not.toContain('zztop 1.0');
  const done = await library('install', 'zztop');
  expect(done).toMatchObject({ status: 0, stdout: 'Installed for all sessions: zzbase, zztop\n' });
  expect(done.stderr).toContain('* DONE (zztop)');
  for (const id of [running, await newSession(api)])
    expect(await valueIn(api, id, '{ library(zztop); c(who(), zzbase::who()) }')).toBe(
      'zztop 1.0 zzbase 1.0',
    );
  expect(await packages()).toEqual(expect.arrayContaining(['zzbase 1.0', 'zztop 1.0']));
  expect((await library('list')).stdout).toMatch(
    /^PACKAGE +VERSION +BUILT\nzzbase +1\.0 +R 4\S+\nzztop +1\.0 /,
  );
});

it('sessions that use a package keep the one they have when it is replaced, also what they have not read of it', async () => {
  await repository.add('zzbase', '1.1');
  await repository.add('zztop', '1.1', { needs: 'zzbase', code: 'later <- function() "of 1.1"' });
  expect(await library('install', 'zztop', 'zzbase')).toMatchObject({ status: 0 });
  expect(await valueIn(api, running, 'who(), zzbase::who()')).toBe('zztop 1.0 zzbase 1.0');
  expect(await valueIn(api, await newSession(api), 'zztop::who(), zzbase::who()')).toBe(
    'zztop 1.1 zzbase 1.1',
  );
});

it('one that fails changes nothing', async () => {
  await repository.add('zzfresh', '1.0');
  const before = (await library('list')).stdout;
  for (const wanted of ['zzbroken', 'zznone']) {
    const failed = await library('install', 'zzfresh', wanted);
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain(wanted);
    expect(failed.stderr).toContain('nothing was changed');
  }
  expect((await library('list')).stdout).toBe(before);
});

it('a source archive is taken, too', async () => {
  const archive = await repository.add('zzfile', '0.1');
  expect(await library('install', archive)).toMatchObject({ status: 0 });
  expect(await valueIn(api, running, 'zzfile::who()')).toBe('zzfile 0.1');
});

it('what is removed is gone for new sessions', async () => {
  expect(await library('remove', 'zztop', 'zznone')).toMatchObject({ status: 1 });
  expect(await library('remove', 'zztop')).toMatchObject({ status: 0, stdout: 'Removed: zztop\n' });
  expect(await valueIn(api, running, 'who()')).toBe('zztop 1.0');
  expect(await valueIn(api, await newSession(api), 'requireNamespace("zztop", quietly = TRUE)')).toBe(
    'FALSE',
  );
  expect(await packages()).not.toContain('zztop 1.1');
  const [series = ''] = readdirSync(join(server.dataDir, 'library'));
  expect(readdirSync(join(server.dataDir, 'library', series))).toEqual(['zzbase', 'zzfile']);
});
