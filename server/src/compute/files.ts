import { join } from 'node:path';

/** Where the compute node keeps what, below the data directory. */
export const computeFiles = (dataDir: string) => ({
  socket: 'compute.sock',
  /** Process id, protocol version and secret of the running node. */
  info: join(dataDir, 'compute.json'),
  lock: join(dataDir, 'compute.lock'),
  sessions: join(dataDir, 'sessions'),
  log: join(dataDir, 'logs', 'compute.log'),
  /** Libraries with the worker's package, one for each R. */
  libraries: join(dataDir, 'r'),
});

/** Where one session keeps what. `journal`, `tail` and `ctl.sock` are the worker's. */
export const sessionFiles = (dir: string) => ({
  meta: join(dir, 'session.json'),
  journal: join(dir, 'journal'),
  tail: join(dir, 'tail'),
  socket: 'ctl.sock',
  startupLog: join(dir, 'startup.log'),
  /** How R ended, as the status a shell gives; written by its parent. */
  exit: join(dir, 'exit'),
  /** Path of R's temporary directory. */
  tempdir: join(dir, 'tempdir'),
  /** Packages that were installed in the session. */
  library: join(dir, 'library'),
  /** There when the session is over: a worker that still runs, whatever the reason, ends. */
  ended: join(dir, 'ended'),
  /** The global environment as R saved it, at its end or at a checkpoint. */
  workspace: join(dir, 'workspace.RData'),
});
