import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { Worker } from './driver.ts';

const PACKAGE = join(import.meta.dirname, '..', '..');
const CACHE = join(PACKAGE, '..', '..', '.cache', 'r');
const SOURCES = ['DESCRIPTION', 'NAMESPACE', 'configure', 'R', 'src', 'inst'];

/** Hash of everything that goes into the installed package. */
function sourcesHash(): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    if (/\.(o|so)$|config\.(h|log)$/.test(path)) return;
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(path).update(readFileSync(path));
  };
  for (const name of SOURCES) add(join(PACKAGE, name));
  return hash.digest('hex').slice(0, 16);
}

/** Installs the package into a library of the tests' own, once for each state of its sources. */
export function installPackage(): string {
  const lib = join(CACHE, `worker-lib-${sourcesHash()}`);
  if (existsSync(lib)) return lib;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, 'building-'));
  // From a copy: two test files may get here at once, and the compiler writes beside the sources.
  const copy = join(fresh, 'source');
  spawnSync('cp', ['-r', PACKAGE, copy]);
  spawnSync('find', [copy, '(', '-name', '*.o', '-o', '-name', '*.so', ')', '-delete']);
  const args = ['CMD', 'INSTALL', '--no-docs', '--no-test-load', `--library=${fresh}`, copy];
  const result = spawnSync('R', args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  rmSync(copy, { recursive: true });
  if (!existsSync(lib)) renameSync(fresh, lib);
  return lib;
}

let lib: string | undefined;
const running: Worker[] = [];

/** A worker that is stopped after the test. The package is installed once a test file. */
export async function worker(env: NodeJS.ProcessEnv = {}, workdir?: string): Promise<Worker> {
  lib ??= installPackage();
  const w = await Worker.start(lib, env, workdir);
  running.push(w);
  return w;
}

afterEach(async () => {
  for (const w of running.splice(0)) await w.stop();
});
