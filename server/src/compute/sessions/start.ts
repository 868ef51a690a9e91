import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FarsideError } from '@farside/protocol';
import type { Logger } from 'pino';
import type { CreateSession } from '../api.ts';
import { sessionFiles } from '../files.ts';
import { waitForWorker } from '../worker/waitForSocket.ts';
import { launchWorker, workerSettings, type WorkerRuntime } from './launch.ts';
import { writeMeta } from './meta.ts';
import { addressSpaceLimit } from './process.ts';
import { Session } from './session.ts';

/** R with a long profile may take its time; a start beyond this has failed. */
const START_MS = 120_000;
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
    const { worker, parent, exited } = await launchWorker(runtime, dir, request, workerSettings(request));
    void exited.then(() => stop.abort(new Error('R ended')));
    session.adoptProcess(worker, parent);
    session.supervise(await waitForWorker(dir, stop.signal).catch(() => undefined));
    await session.prompted;
    await requireLimit(session, request.memoryLimit);
    return session;
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
