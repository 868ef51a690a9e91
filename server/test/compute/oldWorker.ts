import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { workerLibrary } from '../../src/runtime/buildPackage.ts';
import { rEnvironment } from '../../src/runtime/environment.ts';
import { findR } from '../../src/runtime/findR.ts';
import { productRoot } from '../../src/runtime/productRoot.ts';
import { identify } from '../../src/compute/sessions/process.ts';
import { temporaryDir } from './node.ts';

const FIXTURE = join(productRoot(), 'server', 'test', 'fixtures', 'worker-1.tar.gz');
const LOOK_EVERY_MS = 10;

/** The worker's package of protocol 1, as version 0.1 had it, built once for all tests. */
async function oldLibrary(): Promise<{ r: string; library: string }> {
  const sources = temporaryDir();
  execFileSync('tar', ['-xzf', FIXTURE, '-C', sources]);
  const r = await findR();
  const libraries = join(productRoot(), '.cache', 'r', 'worker-1');
  return { r: r.path, library: await workerLibrary(r, { libraries, sources: join(sources, 'farside') }) };
}

/** Starts a session as the compute node of version 0.1 did, and leaves it as if that node had been killed. */
export async function startOldSession(dataDir: string, id: string): Promise<number> {
  const { r, library } = await oldLibrary();
  const dir = join(dataDir, 'sessions', id);
  const workdir = join(dataDir, 'work', id);
  for (const made of [dir, workdir]) mkdirSync(made, { recursive: true, mode: 0o700 });
  const meta = { id, name: id, owner: 'tester', workdir, created: Date.now() };
  const log = openSync(join(dir, 'startup.log'), 'a', 0o600);
  const args = ['--no-save', '--no-restore', '--no-readline', '--quiet', '--interactive'];
  const child = spawn(r, args, {
    cwd: workdir,
    env: rEnvironment({
      FARSIDE_SESSION_DIR: dir,
      FARSIDE_LIB: library,
      R_PROFILE_USER: join(library, 'farside', 'start.R'),
    }),
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  writeFileSync(join(dir, 'session.json'), JSON.stringify({ ...meta, process: identify(pid) }));
  while (!existsSync(join(dir, 'ctl.sock'))) {
    if (child.exitCode !== null) throw new Error(`the old worker ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  child.unref();
  return pid;
}
