import { rmSync } from 'node:fs';
import { FarsideError } from '@farside/protocol';
import type { Logger } from 'pino';
import type { CreateSession } from '../api.ts';
import type { StartedWorker } from '../launch/parent.ts';
import type { SparePool } from '../spares/pool.ts';
import type { Spare } from '../spares/spare.ts';
import { waitForWorker } from '../worker/waitForSocket.ts';
import { launchWorker, makeWorkdir, workerSettings, type WorkerRuntime } from './launch.ts';
import { addressSpaceLimit } from './process.ts';
import { makeRecord } from './record.ts';
import { Session } from './session.ts';

/** R with a long profile may take its time; a start beyond this has failed. */
const START_MS = 120_000;
/** A workspace of some GiB is loaded before the first prompt. */
const RESTORE_MS = 30 * 60_000;
/** ulimit counts in KiB. */
const LIMIT_STEP = 1024;

/** Where sessions come from. */
export interface Starter {
  readonly runtime: WorkerRuntime;
  /** Directory of the sessions' directories. */
  readonly root: string;
  readonly spares: SparePool;
  readonly log: Logger;
}

export interface StartHooks {
  /** Told of the session as soon as it exists. */
  made(session: Session): void;
  changed(session: Session): void;
}

/** Starts a worker and resolves at its first prompt. `restore`: a saved workspace to load. */
export async function startSession(
  starter: Starter,
  request: CreateSession,
  hooks: StartHooks,
  restore?: string,
): Promise<Session> {
  const done = starter.spares.sessionStarts();
  try {
    const spare = starter.spares.take(request);
    const session = makeSession(starter, request, hooks, spare);
    const settings = workerSettings(starter.runtime, session.dir, request, restore);
    spare?.hand(request.workdir, request.memoryLimit, settings);
    const worker = spare ? spare.worker : await launchWorker(starter.runtime, session.dir, request, settings);
    if (!spare) session.adoptProcess(worker.worker, worker.parent);
    await firstPrompt(session, worker, restore === undefined ? START_MS : RESTORE_MS);
    await requireLimit(session, request.memoryLimit);
    return session;
  } finally {
    done();
  }
}

/** The session on disk, with the process in its description before that knows what it is for. */
function makeSession(starter: Starter, request: CreateSession, hooks: StartHooks, spare?: Spare): Session {
  const { worker: process, parent } = spare?.worker ?? {};
  const meta = { ...request, created: Date.now(), process, parent };
  let dir: string | undefined;
  try {
    // The record is put in place whole, and the working directory may lie inside it.
    dir = makeRecord(starter.root, meta, spare?.dir);
    makeWorkdir(request.workdir);
    const session = new Session(dir, meta, starter.log, hooks.changed);
    hooks.made(session);
    return session;
  } catch (error) {
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
    void spare?.end();
    throw error;
  }
}

async function firstPrompt(session: Session, worker: StartedWorker, limitMs: number): Promise<void> {
  const stop = new AbortController();
  void worker.exited.then(() => stop.abort(new Error('R ended')));
  const deadline = setTimeout(() => session.kill(), limitMs);
  try {
    session.supervise(await waitForWorker(session.dir, stop.signal).catch(() => undefined));
    await session.prompted;
  } finally {
    clearTimeout(deadline);
  }
}

/** A limit that could not be applied is an error, not a silent no-op. */
async function requireLimit(session: Session, wanted: number | undefined): Promise<void> {
  if (wanted === undefined || !session.meta.process) return;
  const applied = addressSpaceLimit(session.meta.process.pid);
  if (applied !== undefined && applied <= wanted && applied > wanted - LIMIT_STEP) return;
  await session.end({ force: true });
  const reason = `the memory limit of ${wanted} bytes could not be applied (${applied ?? 'no limit'} is in force)`;
  throw new FarsideError('sessionStartFailed', { reason });
}
