import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { nodeSqliteDialect } from './dialect.ts';
import { FoldersStore } from './folders.ts';
import { JobsStore } from './jobs.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Schema } from './schema.ts';
import { SessionsStore } from './sessions.ts';
import { SnapshotsStore } from './snapshots.ts';
import { SyncedFilesStore } from './syncedFiles.ts';
import { TokensStore } from './tokens.ts';
import { UsersStore } from './users.ts';

/** How long a writer waits for another process (`farside user` beside a server) before it gives up. */
const BUSY_MS = 5_000;
const FILE_MODE = 0o600;

/** The metadata: one file, one object for each noun. */
export interface Store {
  readonly users: UsersStore;
  readonly tokens: TokensStore;
  readonly sessions: SessionsStore;
  readonly folders: FoldersStore;
  readonly syncedFiles: SyncedFilesStore;
  readonly jobs: JobsStore;
  readonly snapshots: SnapshotsStore;
  /** Throws when the database does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the database and brings its tables up to date. `:memory:` for tests. */
export async function openStore(path: string): Promise<Store> {
  const sqlite = new DatabaseSync(path, { timeout: BUSY_MS });
  // FULL: what was acknowledged is there after a power loss too.
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  if (path !== ':memory:') chmodSync(path, FILE_MODE);
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(sqlite) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
  return {
    users: new UsersStore(db),
    tokens: new TokensStore(db),
    sessions: new SessionsStore(db),
    folders: new FoldersStore(db),
    syncedFiles: new SyncedFilesStore(db),
    jobs: new JobsStore(db),
    snapshots: new SnapshotsStore(db),
    check: async () => {
      await db.selectFrom('users').select('name').limit(1).execute();
    },
    close: () => db.destroy(),
  };
}
