import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FarsideError } from '@farside/protocol';
import { rEnvironment } from './environment.ts';
import type { RInstallation } from './findR.ts';
import { lock } from './lock.ts';
import { productRoot } from './productRoot.ts';
import { run } from './run.ts';
import { fingerprint, packageSources } from './sources.ts';

/** A slow machine compiles for a minute; longer is a hang. */
const BUILD_MS = 15 * 60_000;

export interface BuildOptions {
  /** Where the libraries are kept, one for each R and version of the sources. */
  readonly libraries: string;
  readonly sources?: string;
  readonly onProgress?: (text: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** The library that holds the worker's package for this R, built the first time. */
export function workerLibrary(r: RInstallation, options: BuildOptions): Promise<string> {
  const onProgress = (): void =>
    options.onProgress?.(`Building the worker's package for R ${r.version} (once)`);
  return packageLibrary('farside', r, { ...options, onProgress });
}

/**
 * The library that holds `mrsdeploy` for people who sign in to a server from inside a session. It needs packages that
 * R may not have: those of the administrator's library count.
 */
export function mrsdeployLibrary(
  r: RInstallation,
  options: BuildOptions & { site: string },
): Promise<string> {
  return packageLibrary('mrsdeploy', r, { ...options, found: options.site });
}

async function packageLibrary(
  name: 'farside' | 'mrsdeploy',
  r: RInstallation,
  { libraries, onProgress, found, env = process.env, ...options }: BuildOptions & { found?: string },
): Promise<string> {
  const sources = options.sources ?? join(productRoot(), 'r', name);
  const files = packageSources(sources);
  const library = join(libraries, fingerprint(sources, files, [r.home, r.version, process.arch]));
  if (isBuilt(library, name)) return library;
  mkdirSync(libraries, { recursive: true, mode: 0o700 });
  const held = await lock(`${library}.lock`);
  try {
    if (isBuilt(library, name)) return library;
    onProgress?.(`Building ${name}`);
    await build(r, { name, sources, files, library, env: rEnvironment({ R_LIBS: found }, env) });
    return library;
  } finally {
    held.release();
  }
}

/** R writes Meta/package.rds when everything else is in place, and the rename publishes it whole. */
const isBuilt = (library: string, name: string): boolean =>
  existsSync(join(library, name, 'Meta', 'package.rds'));

interface Build {
  readonly name: string;
  readonly sources: string;
  readonly files: readonly string[];
  readonly library: string;
  readonly env: NodeJS.ProcessEnv;
}

async function build(r: RInstallation, { name, sources, files, library, env }: Build): Promise<void> {
  await requireCompiler(r, env);
  const work = `${library}.building`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'library'), { recursive: true });
  for (const file of files) cpSync(join(sources, file), join(work, name, file));
  const args = [
    'CMD',
    'INSTALL',
    '--no-docs',
    '--no-test-load',
    `--library=${join(work, 'library')}`,
    join(work, name),
  ];
  const { status, stdout, stderr } = await run(r.path, args, { env, cwd: work, timeoutMs: BUILD_MS });
  const log = `${library}.log`;
  writeFileSync(log, stdout + stderr);
  if (status !== 0) throw new FarsideError('buildFailed', { path: r.path, reason: firstError(log), log });
  rmSync(library, { recursive: true, force: true });
  renameSync(join(work, 'library'), library);
  rmSync(work, { recursive: true, force: true });
}

/** The compiler is the one R was configured with. */
async function requireCompiler(r: RInstallation, env: NodeJS.ProcessEnv): Promise<void> {
  const configured = await run(r.path, ['CMD', 'config', 'CC'], { env });
  const [cc, ...flags] = configured.stdout.trim().split(/\s+/);
  const tools = [
    cc ? run(cc, [...flags, '--version'], { env }) : undefined,
    run('make', ['--version'], { env }),
  ];
  const answers = await Promise.all(tools);
  if (answers.some((answer) => answer?.status !== 0)) throw new FarsideError('noCompiler');
}

function firstError(log: string): string {
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.find((line) => /error/i.test(line))?.trim() ?? 'R CMD INSTALL failed';
}
