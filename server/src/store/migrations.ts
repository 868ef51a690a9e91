import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Schema } from './schema.ts';

/** In order of their names; one that was released is never changed, a new one is added. */
export const MIGRATIONS: Record<string, Migration> = {
  '0001-first': {
    async up(db: Kysely<Schema>): Promise<void> {
      await createUsers(db);
      await createSessions(db);
    },
  },
  '0002-jobs': { up: createJobs },
  '0003-snapshots': { up: createSnapshots },
  '0004-snapshot-details': { up: addSnapshotDetails },
};

/** Null for the snapshots that are there already. */
async function addSnapshotDetails(db: Kysely<Schema>): Promise<void> {
  const columns = { session: 'text', r_version: 'text', objects: 'integer', files: 'integer' } as const;
  for (const [name, type] of Object.entries(columns))
    await db.schema.alterTable('snapshots').addColumn(name, type).execute();
}

async function createSnapshots(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('snapshots')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('created', 'bigint', (c) => c.notNull())
    .addColumn('size', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('snapshots_owner').on('snapshots').columns(['owner', 'created']).execute();
}

async function createJobs(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('jobs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('session', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('created', 'bigint', (c) => c.notNull())
    .addColumn('request', 'text', (c) => c.notNull())
    .addColumn('sent', 'integer', (c) => c.notNull())
    .addColumn('cancelled', 'bigint')
    .addColumn('ended', 'bigint')
    .addColumn('outcome', 'text')
    .addColumn('hook_state', 'text')
    .addColumn('hook_attempts', 'integer', (c) => c.notNull())
    .addColumn('hook_reason', 'text')
    .execute();
  await db.schema.createIndex('jobs_owner').on('jobs').columns(['owner', 'created']).execute();
}

async function createUsers(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('password', 'text', (c) => c.notNull())
    .addColumn('admin', 'integer', (c) => c.notNull())
    .addColumn('created', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('token_families')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('user', 'text', (c) => c.notNull().references('users.name').onDelete('cascade'))
    .addColumn('created', 'bigint', (c) => c.notNull())
    .addColumn('revoked', 'bigint')
    .execute();
  await db.schema.createIndex('token_families_user').on('token_families').column('user').execute();
  await db.schema
    .createTable('refresh_tokens')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('family', 'text', (c) => c.notNull().references('token_families.id').onDelete('cascade'))
    .addColumn('issued', 'bigint', (c) => c.notNull())
    .addColumn('used', 'bigint')
    .execute();
  await db.schema.createIndex('refresh_tokens_family').on('refresh_tokens').column('family').execute();
}

async function createSessions(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('folders')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('path', 'text', (c) => c.notNull())
    .addColumn('created', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('folders_owner_key', ['owner', 'key'])
    .execute();
  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('workdir', 'text', (c) => c.notNull())
    .addColumn('folder', 'text', (c) => c.references('folders.id'))
    .addColumn('created', 'bigint', (c) => c.notNull())
    .addColumn('ended', 'bigint')
    .execute();
  await db.schema.createIndex('sessions_owner').on('sessions').columns(['owner', 'created']).execute();
  await db.schema
    .createTable('synced_files')
    .addColumn('folder', 'text', (c) => c.notNull().references('folders.id').onDelete('cascade'))
    .addColumn('path', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('size', 'bigint', (c) => c.notNull())
    .addColumn('mtime', 'text', (c) => c.notNull())
    .addColumn('inode', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('synced_files_key', ['folder', 'path'])
    .modifyEnd(sql`without rowid`)
    .execute();
}
