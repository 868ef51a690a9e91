import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FarsideClient } from '@farside/client';
import { EndFlag, endFrame, FarsideError } from '@farside/protocol';
import { ComputeClient } from '../compute/client.ts';
import { computeFiles, sessionFiles } from '../compute/files.ts';
import { readMeta, type SessionMeta } from '../compute/sessions/meta.ts';
import { isAlive, signalGroup } from '../compute/sessions/process.ts';
import { connectWorker } from '../compute/worker/connection.ts';

/** R may take so long to end, with and without saving. */
const GRACE_MS = 5_000;
const SAVE_GRACE_MS = 30_000;
/** A worker ends itself when its grace is over; after this much more it is killed from here. */
const OVERDUE_MS = 3_000;
const LOOK_MS = 20;

export interface EndHow {
  readonly force?: boolean;
  readonly save?: boolean;
}

const graceOf = ({ save }: EndHow): number => (save ? SAVE_GRACE_MS : GRACE_MS);

/** Ends sessions side by side; says how many. The first failure is thrown when all have been tried. */
export async function endMany(client: FarsideClient, ids: readonly string[], how: EndHow): Promise<number> {
  const body = how.force ? { force: true } : { graceMs: graceOf(how), saveWorkspace: how.save };
  return countDone(ids.map((id) => client.call('endSession', { params: { id }, body })));
}

/** Ends every session of a data directory: by its compute node, or by ourselves when none runs. */
export async function endDataDir(dataDir: string, how: EndHow): Promise<number> {
  const files = computeFiles(dataDir);
  if (!existsSync(files.sessions))
    throw new FarsideError('badRequest', { reason: `${dataDir} is not the data directory of a server` });
  if (existsSync(files.info)) {
    const compute = new ComputeClient(dataDir);
    try {
      const running = (await compute.list()).filter(({ state }) => state.state !== 'ended');
      const options = how.force
        ? ({ force: true } as const)
        : { graceMs: graceOf(how), saveWorkspace: how.save };
      return await countDone(running.map(({ id }) => compute.end(id, options)));
    } catch (error) {
      if (!(error instanceof FarsideError) || error.code !== 'computeDown') throw error;
    } finally {
      compute.close();
    }
  }
  const dirs = readdirSync(files.sessions).map((name) => join(files.sessions, name));
  return countDone(dirs.map((dir) => endDirectly(dir, how)).filter((ending) => ending !== undefined));
}

async function countDone(endings: readonly Promise<unknown>[]): Promise<number> {
  const results = await Promise.allSettled(endings);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.length;
}

/** Ends the worker of a session directory; undefined where none runs. The journal's last word is the worker's own. */
function endDirectly(dir: string, how: EndHow): Promise<void> | undefined {
  const worker = workerOf(dir);
  return worker && isAlive(worker) ? endWorker(dir, worker, how) : undefined;
}

function workerOf(dir: string): SessionMeta['process'] {
  try {
    return readMeta(sessionFiles(dir).meta).process;
  } catch {
    // Not a session, or one that never began.
    return undefined;
  }
}

async function endWorker(
  dir: string,
  worker: NonNullable<SessionMeta['process']>,
  how: EndHow,
): Promise<void> {
  const grace = graceOf(how);
  const socket = how.force ? undefined : await connectWorker(dir).catch(() => undefined);
  socket?.write(endFrame(grace, how.save ? EndFlag.saveWorkspace : 0));
  const overdue = Date.now() + (socket ? grace + OVERDUE_MS : 0);
  while (isAlive(worker)) {
    if (Date.now() >= overdue) signalGroup(worker.pid, 'SIGKILL');
    await delay(LOOK_MS);
  }
  socket?.destroy();
}
