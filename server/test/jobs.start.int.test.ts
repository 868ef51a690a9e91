import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { computeFiles } from '../src/compute/files.ts';
import { signIn } from './support/api.ts';
import { jobOver, startJob } from './support/jobs.ts';
import { startServer } from './support/server.ts';

/** A profile in which R dies, as often as said, before it can say anything. */
async function withDeaths(
  deaths: number,
  work: (server: Awaited<ReturnType<typeof startServer>>) => Promise<void>,
) {
  const dir = mkdtempSync(join(tmpdir(), 'farside-profile-'));
  const profile = join(dir, 'profile.R');
  writeFileSync(
    profile,
    `n <- length(list.files(${JSON.stringify(dir)}, "^died"))
if (n < ${deaths}) { file.create(file.path(${JSON.stringify(dir)}, paste0("died", n))); tools::pskill(Sys.getpid(), 9) }
`,
  );
  const server = await startServer({ args: ['--spares', '0'], env: { R_PROFILE_USER: profile } });
  try {
    await work(server);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

it('a job whose R dies at its start gets another one, and nothing of the first stays', () =>
  withDeaths(1, async (server) => {
    const api = await signIn(server);
    const { id } = await startJob(api, 'cat("done\\n")');
    const job = await jobOver(api, id);
    expect(job).toMatchObject({ state: 'succeeded' });
    const { text } = await api.ask('sessionJournal', { params: { id: job.session } });
    expect(text).toContain('done\n');
    expect(readdirSync(computeFiles(server.dataDir).sessions)).toEqual([job.session]);
  }));

it('a job whose R never comes up says so', () =>
  withDeaths(9, async (server) => {
    const api = await signIn(server);
    const { id } = await startJob(api, 'cat("done\\n")');
    const job = await jobOver(api, id);
    expect(job).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('R ended while starting'),
    });
    expect(readdirSync(computeFiles(server.dataDir).sessions)).toEqual([job.session]);
  }));
