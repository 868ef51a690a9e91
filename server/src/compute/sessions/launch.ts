import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { rEnvironment } from '../../runtime/environment.ts';
import type { RInstallation } from '../../runtime/findR.ts';
import type { CreateSession } from '../api.ts';
import { sessionFiles } from '../files.ts';

/** The R to start workers with. */
export interface WorkerRuntime {
  readonly r: RInstallation;
  /** Library that holds the worker's package. */
  readonly library: string;
}

/** Tells the worker its directory, and a later compute node whose worker a process is. */
export const SESSION_DIR_VARIABLE = 'FARSIDE_SESSION_DIR';

const R_ARGUMENTS = ['--no-save', '--no-restore', '--no-readline', '--quiet', '--interactive'];
const DIRECTORY_MODE = 0o700;
const KIB = 1024;

/**
 * Starts a worker in its own session and process group, so that it outlives this process. What R says before
 * its console is ours goes to `startup.log`.
 */
export function launchWorker(runtime: WorkerRuntime, dir: string, request: CreateSession): ChildProcess {
  mkdirSync(request.workdir, { recursive: true, mode: DIRECTORY_MODE });
  const log = openSync(sessionFiles(dir).startupLog, 'a', 0o600);
  try {
    const [file, args] = command(runtime.r.path, request.memoryLimit);
    const child = spawn(file, args, {
      cwd: request.workdir,
      env: workerEnvironment(runtime, dir),
      stdio: ['ignore', log, log],
      detached: true,
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** The shell's own ulimit sets both limits, then becomes R: soft and hard, so that R can not lift it. */
function command(r: string, memoryLimit: number | undefined): [string, string[]] {
  if (memoryLimit === undefined) return [r, R_ARGUMENTS];
  const kib = Math.floor(memoryLimit / KIB);
  return ['/bin/sh', ['-c', `ulimit -v ${kib} && exec "$0" "$@"`, r, ...R_ARGUMENTS]];
}

function workerEnvironment(runtime: WorkerRuntime, dir: string): NodeJS.ProcessEnv {
  const original = process.env['R_PROFILE_USER'];
  return rEnvironment({
    [SESSION_DIR_VARIABLE]: dir,
    FARSIDE_LIB: runtime.library,
    R_PROFILE_USER: join(runtime.library, 'farside', 'start.R'),
    ...(original !== undefined && { FARSIDE_ORIGINAL_R_PROFILE_USER: original }),
  });
}
