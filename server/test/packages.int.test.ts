import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { REnvironment } from '@farside/protocol';
import type { ComputeHealth } from '../src/compute/api.ts';
import { ComputeClient } from '../src/compute/client.ts';
import { newSession, signIn, type Api } from './support/api.ts';
import { jobOver, startJob } from './support/jobs.ts';
import { makeRepository, type Repository } from './support/packages.ts';
import { runFarside, startServer, type TestServer } from './support/server.ts';
import { makeSnapshot, runIn, valueIn } from './support/snapshots.ts';

const scratch = mkdtempSync(join(tmpdir(), 'farside-packages-'));
let repository: Repository;
let server: TestServer;
let api: Api;
beforeAll(async () => {
  repository = makeRepository(join(scratch, 'repository'));
  await repository.add('zzfirst', '1.0');
  await repository.add('zzsecond', '2.0', { needs: 'zzfirst' });
  server = await startServer({ args: ['--repos', repository.url, '--spares', '1'] });
  api = await signIn(server);
});
afterAll(async () => {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const install = (id: string, name: string): Promise<string> => runIn(api, id, `install.packages("${name}")`);

async function spareReady(): Promise<void> {
  const compute = new ComputeClient(server.dataDir);
  let health: ComputeHealth;
  do health = await compute.health();
  while (health.spares === 0);
  compute.close();
}

describe.each(['a cold start', 'a spare'])('install.packages() without lib, in %s', (start) => {
  let id: string;
  beforeAll(async () => {
    if (start === 'a spare') await spareReady();
    // A .Renviron makes R start from nothing.
    else {
      const old = await newSession(api);
      await runIn(api, old, 'writeLines("A_SETTING=1", ".Renviron")');
      await api.ask('endSession', { params: { id: old }, body: {} });
      id = await newSession(api, { restore: old });
      return;
    }
    id = await newSession(api);
  });

  it('installs from the administrator’s repository with live output, for library() at once', async () => {
    const output = await install(id, 'zzsecond');
    expect(output).toContain('* DONE (zzsecond)');
    expect(await valueIn(api, id, '{ library(zzsecond); c(who(), zzfirst::who()) }')).toBe(
      'zzsecond 2.0 zzfirst 1.0',
    );
  });

  it('as scripts for R Server 9.0 say it, too', async () => {
    expect(
      await valueIn(api, id, '{ library(zzfirst, lib.loc = getwd(), warn.conflicts = FALSE); who() }'),
    ).toBe('zzfirst 1.0');
    expect(await valueIn(api, id, 'requireNamespace("zznone", lib.loc = getwd(), quietly = TRUE)')).toBe(
      'FALSE',
    );
    expect(await valueIn(api, id, 'length(list.files(all.files = TRUE, pattern = "^zz"))')).toBe('0');
  });

  it('leaves other sessions alone', async () => {
    const other = await newSession(api);
    expect(await valueIn(api, other, 'requireNamespace("zzsecond", quietly = TRUE)')).toBe('FALSE');
  });

  it('is there for children of R', async () => {
    const child =
      'system2(file.path(R.home("bin"), "Rscript"), c("-e", shQuote("cat(zzsecond::who())")), stdout = TRUE)';
    expect(await valueIn(api, id, child)).toBe('zzsecond 2.0');
  });

  it('is kept by snapshots', async () => {
    const { snapshotId } = await makeSnapshot(api, id, { attached: true });
    const into = await newSession(api, { snapshotId });
    expect(await valueIn(api, into, 'zzsecond::who(), "package:zzsecond" %in% search()')).toBe(
      'zzsecond 2.0 TRUE',
    );
  });
});

describe('a session', () => {
  it('that is restored has its packages', async () => {
    const id = await newSession(api);
    await install(id, 'zzfirst');
    await runIn(api, id, 'library(zzfirst); x <- 1');
    await api.ask('endSession', { params: { id }, body: { saveWorkspace: true, graceMs: 60_000 } });
    const again = await newSession(api, { restore: id });
    expect(await valueIn(api, again, 'x, who()')).toBe('1 zzfirst 1.0');
  });

  it('has what its user’s profile says', async () => {
    const id = await newSession(api);
    const own = join(scratch, 'own-library');
    const profile = `dir.create("${own}"); .libPaths(c("${own}", .libPaths())); options(repos = c(CRAN = "${repository.url}/"))`;
    await runIn(api, id, `writeLines(${JSON.stringify(profile)}, ".Rprofile")`);
    await api.ask('endSession', { params: { id }, body: {} });
    const again = await newSession(api, { restore: id });
    expect(await valueIn(api, again, `.libPaths()[1] == normalizePath("${own}"), getOption("repos")`)).toBe(
      `TRUE ${repository.url}/`,
    );
  });

  it('of a job has a library, too', async () => {
    const job = await startJob(
      api,
      'install.packages("zzfirst"); stopifnot(zzfirst::who() == "zzfirst 1.0")',
    );
    expect(await jobOver(api, job.id)).toMatchObject({ state: 'succeeded' });
  });

  it('never asks for a mirror', async () => {
    const plain = await startServer();
    try {
      const id = await newSession(await signIn(plain));
      expect(await valueIn(await signIn(plain), id, 'getOption("repos")[["CRAN"]]')).toMatch(
        /^(https?|file):/,
      );
    } finally {
      await plain.stop();
    }
  });
});

describe('a personal library', () => {
  it('stays, and is its user’s alone', async () => {
    const args = ['--package-library', 'personal', '--repos', repository.url, '--isolation=none'];
    const personal = await startServer({ args });
    try {
      const mine = await signIn(personal);
      await mine.ask('addUser', { body: { name: 'eve', password: 'another secret' } });
      const first = await newSession(mine);
      await runIn(mine, first, 'install.packages("zzfirst")');
      await mine.ask('closeSession', { params: { id: first } });
      expect(await valueIn(mine, await newSession(mine), 'zzfirst::who()')).toBe('zzfirst 1.0');
      const named = { name: 'zzfirst', version: '1.0' };
      const packages = async (of: Api) => (await of.ask('rEnvironment')).json<REnvironment>().packages;
      expect(await packages(mine)).toContainEqual({ ...named, personal: true });
      const other = await signIn(personal, 'eve', 'another secret');
      expect(
        await valueIn(other, await newSession(other), 'requireNamespace("zzfirst", quietly = TRUE)'),
      ).toBe('FALSE');
      expect((await packages(other)).filter(({ name }) => name === 'zzfirst')).toEqual([]);
      const third = await newSession(mine);
      await runIn(mine, third, 'remove.packages("zzfirst"); install.packages("zzsecond")');
      const own = (await packages(mine)).filter((one) => one.personal);
      expect(own.map(({ name }) => name)).toEqual(['zzfirst', 'zzsecond']);
      const { url, username, password } = personal;
      const env = { FARSIDE_USER: username, FARSIDE_PASSWORD: password, HOME: scratch, XDG_CONFIG_HOME: '' };
      const report = await runFarside(['diff', url], { env });
      expect(report.stdout).toMatch(
        /in your personal library:\n\n +Package +Version\n1 +zzfirst +1\.0\n2 +zzsecond +2\.0\n$/,
      );
    } finally {
      await personal.stop();
    }
  });

  it('is named or refused', async () => {
    const text = join(scratch, 'x');
    writeFileSync(text, '');
    await expect(startServer({ args: ['--package-library', 'mine'] })).rejects.toThrow(/Allowed choices/);
    await expect(startServer({ args: ['--repos', 'cran'] })).rejects.toThrow(/--repos must be like/);
  });
});
