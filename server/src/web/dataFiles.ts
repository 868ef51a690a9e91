import { join } from 'node:path';
import { computeFiles } from '../compute/files.ts';

/** Where the web node keeps what, below the data directory. */
export interface DataFiles {
  readonly database: string;
  readonly keys: string;
  /** Held while a process serves the directory. */
  readonly lock: string;
  /** How `farside user` finds the running server. */
  readonly info: string;
  readonly log: string;
  readonly folders: string;
  /** Resumable uploads under way. */
  readonly uploads: string;
  /** What is being received; emptied at every start. */
  readonly temporary: string;
  /** Signs what webhooks are told; made at the first start, its text is the key. */
  readonly webhookKey: string;
  /** Scripts of jobs, and what their working directories held before. */
  readonly jobs: string;
  /** A directory for each snapshot. */
  readonly snapshots: string;
  /** The libraries of a user, one for each R. */
  packages(owner: string): string;
  /** What is kept of a session, beside what follows. */
  session(session: string): string;
  /** Working directory of a session without a project folder. */
  workdir(session: string): string;
  /** Objects of a session that wait to be fetched. */
  exports(session: string): string;
  /** Texts that were run in a session. */
  runs(session: string): string;
}

export function dataFiles(dataDir: string): DataFiles {
  const { sessions } = computeFiles(dataDir);
  return {
    database: join(dataDir, 'farside.sqlite'),
    keys: join(dataDir, 'keys'),
    lock: join(dataDir, 'serve.lock'),
    info: join(dataDir, 'serve.json'),
    log: join(dataDir, 'logs', 'web.log'),
    folders: join(dataDir, 'folders'),
    uploads: join(dataDir, 'uploads'),
    temporary: join(dataDir, 'tmp'),
    webhookKey: join(dataDir, 'webhook.key'),
    jobs: join(dataDir, 'jobs'),
    snapshots: join(dataDir, 'snapshots'),
    // Names may come from a directory service: none of them is another one's, or leads elsewhere.
    packages: (owner) => join(dataDir, 'packages', `u-${encodeURIComponent(owner)}`),
    session: (session) => join(sessions, session),
    workdir: (session) => join(sessions, session, 'work'),
    exports: (session) => join(sessions, session, 'exports'),
    runs: (session) => join(sessions, session, 'runs'),
  };
}

/** Name of the local socket in the data directory. */
export const LOCAL_SOCKET = 'serve.sock';
