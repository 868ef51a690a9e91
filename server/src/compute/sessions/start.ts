import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FarsideError } from '@farside/protocol';
import type { Logger } from 'pino';
import type { CreateSession } from '../api.ts';
import { sessionFiles } from '../files.ts';
import { waitForWorker } from '../worker/waitForSocket.ts';
import { launchWorker, type WorkerRuntime } from './launch.ts';
import { writeMeta } from './meta.ts';
import { addressSpaceLimit, identify } from './process.ts';
import { Session } from './session.ts';

/** R with a long profile may take its time; a start beyond this has failed. */
const START_MS = 120_000;
const WIDTH_MS = 2_000;
/** ulimit counts in KiB. */
const LIMIT_STEP = 1024;

/** Starts a worker and resolves at its first prompt. `made` is told of the session as soon as it exists. */
export async function startSession(
  runtime: WorkerRuntime,
  root: string,
  request: CreateSession,
  log: Logger,
  hooks: { made(session: Session): void; changed(session: Session): void },
): Promise<Session> {
  const dir = join(root, request.id);
  mkdirSync(dir, { mode: 0o700 });
  const meta = { ...request, created: Date.now() };
  writeMeta(sessionFiles(dir).meta, meta);
  const session = new Session(dir, meta, log, hooks.changed);
  hooks.made(session);
  const stop = new AbortController();
  const deadline = setTimeout(() => session.kill(), START_MS);
  try {
    const child = launchWorker(runtime, dir, request);
    child.once('error', (error) => stop.abort(error));
    child.once('exit', () => stop.abort(new Error('R ended')));
    session.adoptProcess(child.pid === undefined ? undefined : identify(child.pid), child);
    session.supervise(await waitForWorker(dir, stop.signal).catch(() => undefined));
    await session.prompted;
    await requireLimit(session, request.memoryLimit);
    if (request.columns !== undefined) await setWidth(session, request.columns);
    return session;
  } finally {
    clearTimeout(deadline);
  }
}

/** R answers at once unless the user's profile asks something; then the width stays R's own. */
async function setWidth(session: Session, columns: number): Promise<void> {
  const answer = await session.call(`options(width = ${columns}L)`, WIDTH_MS).catch(() => undefined);
  answer?.resume();
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
