import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { sessionFiles } from '../files.ts';
import { restoreView } from '../journal/head.ts';
import { connectWorker } from '../worker/connection.ts';
import { SESSION_DIR_VARIABLE } from '../launch/parent.ts';
import { readMeta } from './meta.ts';
import { findByEnvironment, isAlive } from './process.ts';
import { removeUnfinished } from './record.ts';
import { Session } from './session.ts';
import { STARTING } from './state.ts';

/** Finds the sessions that earlier compute nodes left, living and over. A directory that is none is left alone. */
export async function adoptSessions(
  root: string,
  log: Logger,
  changed: (session: Session) => void,
): Promise<Session[]> {
  const found: Session[] = [];
  for (const name of readdirSync(root)) {
    try {
      if (await removeUnfinished(root, name)) continue;
      // The working directory of a session that was restored from this one.
      if (!existsSync(sessionFiles(join(root, name)).meta)) continue;
      found.push(await adopt(join(root, name), log, changed));
    } catch (error) {
      log.error({ err: error, dir: name }, 'a session directory can not be read');
    }
  }
  return found;
}

async function adopt(dir: string, log: Logger, changed: (session: Session) => void): Promise<Session> {
  const meta = readMeta(sessionFiles(dir).meta);
  if (meta.over) return new Session(dir, meta, log, changed, { view: STARTING, head: meta.over.head });
  const from = await restoreView(sessionFiles(dir).journal);
  const session = new Session(dir, meta, log, changed, from);
  // A node that was killed right after it started R had no time to write the process down.
  const process = meta.process ?? findByEnvironment(SESSION_DIR_VARIABLE, dir);
  if (process) session.adoptProcess(process);
  const alive = process !== undefined && isAlive(process);
  session.supervise(alive ? await connectWorker(dir).catch(() => undefined) : undefined);
  // The dead are buried before anybody asks how they are.
  if (!alive) await session.over;
  return session;
}
