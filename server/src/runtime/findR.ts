import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { FarsideError } from '@farside/protocol';
import { rEnvironment } from './environment.ts';
import { run } from './run.ts';

/** The worker uses console callbacks and connections as they are since this version. */
const OLDEST_MAJOR = 4;

export interface RInstallation {
  /** The program `R`. */
  readonly path: string;
  /** R_HOME. */
  readonly home: string;
  /** e.g. "4.2.2". */
  readonly version: string;
}

/**
 * The R to use: the one named, else R_HOME's, the first on the PATH, the newest below /opt/R, or the one of an
 * active conda environment. Throws `rNotFound` or `rTooOld`.
 */
export async function findR(named?: string, env: NodeJS.ProcessEnv = process.env): Promise<RInstallation> {
  const path = (named ? [named, join(named, 'bin', 'R')] : candidates(env)).find(isProgram);
  if (!path) throw new FarsideError('rNotFound');
  const clean = rEnvironment({ R_HOME: undefined }, env);
  const [asked, home] = await Promise.all([
    run(path, ['--version'], { env: clean }),
    run(path, ['RHOME'], { env: clean }),
  ]);
  const version =
    /R (?:version )?(\d+\.\d+\.\d+)/.exec(asked.stdout)?.[1] ?? /(\d+\.\d+\.\d+)/.exec(asked.stdout)?.[1];
  if (!version || home.status !== 0) throw new FarsideError('rNotFound', { path });
  if (Number(version.split('.')[0]) < OLDEST_MAJOR) throw new FarsideError('rTooOld', { version, path });
  return { path, home: home.stdout.trim(), version };
}

function candidates(env: NodeJS.ProcessEnv, optional = '/opt/R'): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return [
    ...(env['R_HOME'] ? [join(env['R_HOME'], 'bin', 'R')] : []),
    ...folders.map((folder) => join(folder, 'R')),
    ...versionsBelow(optional).map((version) => join(optional, version, 'bin', 'R')),
    ...(env['CONDA_PREFIX'] ? [join(env['CONDA_PREFIX'], 'bin', 'R')] : []),
  ];
}

/** Newest first. */
function versionsBelow(folder: string): string[] {
  try {
    return readdirSync(folder).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
