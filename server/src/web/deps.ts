import type { Logger } from 'pino';
import type { ComputeClient } from '../compute/client.ts';
import type { ServeConfig } from '../config.ts';
import type { Sync } from '../files/sync.ts';
import type { Store } from '../store/store.ts';
import type { Identities } from './auth/identities.ts';
import type { SignIns } from './auth/signIns.ts';
import type { Users } from './auth/users.ts';
import type { DataFiles } from './dataFiles.ts';
import type { Executions } from './execute/executions.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Exports } from './objects/exports.ts';
import type { Sessions } from './sessions.ts';
import type { Snapshots } from './snapshots/snapshots.ts';

/** The parts of a web node, as its routes and events use them. */
export interface WebDeps {
  readonly config: ServeConfig;
  readonly files: DataFiles;
  readonly log: Logger;
  readonly store: Store;
  readonly compute: ComputeClient;
  readonly signIns: SignIns;
  readonly identities: Identities;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly sync: Sync;
  readonly executions: Executions;
  readonly jobs: Jobs;
  readonly snapshots: Snapshots;
  readonly exports: Exports;
  /** Proof that a request on the local socket comes from somebody who may read the data directory. */
  readonly localSecret: string;
}
