import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rEnvironment } from '../../runtime/environment.ts';
import type { RInstallation } from '../../runtime/findR.ts';
import type { CreateSession } from '../api.ts';
import { sessionFiles } from '../files.ts';
import type { Scope } from '../launch/scope.ts';
import { SESSION_DIR_VARIABLE, startWorker, type StartedWorker } from '../launch/parent.ts';

/** The R to start workers with. */
export interface WorkerRuntime {
  readonly r: RInstallation;
  /** Library that holds the worker's package. */
  readonly library: string;
  /** The administrator's library, which all sessions have. */
  readonly siteLibrary: string;
  /** Holds `mrsdeploy`, as soon as that is built. */
  readonly mrsdeploy?: () => string | undefined;
  /** Workers get scopes of their own. */
  readonly scope?: Scope;
}

const DIRECTORY_MODE = 0o700;

export const makeWorkdir = (path: string): void =>
  void mkdirSync(path, { recursive: true, mode: DIRECTORY_MODE });

/** Starts a worker by executing R, in its own session and process group, so that it outlives this process. */
export function launchWorker(
  runtime: WorkerRuntime,
  dir: string,
  request: CreateSession,
  settings: WorkerSettings,
): Promise<StartedWorker> {
  makeWorkdir(request.workdir);
  return startWorker({
    dir,
    r: runtime.r.path,
    env: { ...workerEnvironment(runtime), ...settings },
    workdir: request.workdir,
    memoryLimit: request.memoryLimit,
    wrapper: runtime.scope?.(request.id),
  });
}

/** What `become_worker()` is told, by its environment or, a spare, later. */
export type WorkerSettings = Readonly<Record<`FARSIDE_${string}`, string>>;

/** The settings that a cold start and a spare have in common. `restore`: a saved workspace to load. */
export function workerSettings(
  { siteLibrary, mrsdeploy }: Pick<WorkerRuntime, 'siteLibrary' | 'mrsdeploy'>,
  dir: string,
  request: CreateSession,
  restore?: string,
): WorkerSettings {
  const { personal, repos } = request.packages ?? {};
  const bundled = mrsdeploy?.();
  return {
    [SESSION_DIR_VARIABLE]: dir,
    FARSIDE_PACKAGES: personal ?? sessionFiles(dir).library,
    FARSIDE_PACKAGES_KIND: personal === undefined ? 'session' : 'personal',
    FARSIDE_SITE_LIBRARY: siteLibrary,
    ...(bundled !== undefined && { FARSIDE_BUNDLED_LIBRARY: bundled }),
    ...(repos !== undefined && { FARSIDE_REPOS: repos }),
    ...(request.columns !== undefined && { FARSIDE_COLUMNS: String(request.columns) }),
    ...(restore !== undefined && { FARSIDE_RESTORE: restore }),
    ...(request.journalBytes !== undefined && { FARSIDE_JOURNAL_BYTES: String(request.journalBytes) }),
    ...(request.plotBytes !== undefined && { FARSIDE_PLOT_BYTES: String(request.plotBytes) }),
  };
}

/** The environment of every worker. */
export function workerEnvironment(runtime: WorkerRuntime): NodeJS.ProcessEnv {
  const original = process.env['R_PROFILE_USER'];
  return rEnvironment({
    FARSIDE_LIB: runtime.library,
    R_PROFILE_USER: join(runtime.library, 'farside', 'start.R'),
    ...(original !== undefined && { FARSIDE_ORIGINAL_R_PROFILE_USER: original }),
  });
}
