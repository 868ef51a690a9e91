import type { Kysely, Selectable } from 'kysely';
import type { Schema, SyncedFilesTable } from './schema.ts';

export type SyncedFileRow = Selectable<SyncedFilesTable>;

/** SQLite takes at most 32,766 parameters a statement; a row has six. */
const ROWS_AT_ONCE = 1_000;

export class SyncedFilesStore {
  readonly #db: Kysely<Schema>;
  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  find(folder: string, path: string): Promise<SyncedFileRow | undefined> {
    return this.#db
      .selectFrom('synced_files')
      .selectAll()
      .where('folder', '=', folder)
      .where('path', '=', path)
      .executeTakeFirst();
  }

  list(folder: string): Promise<SyncedFileRow[]> {
    return this.#db.selectFrom('synced_files').selectAll().where('folder', '=', folder).execute();
  }

  async put(rows: readonly SyncedFileRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#db.transaction().execute(async (t) => {
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
        await t
          .replaceInto('synced_files')
          .values(rows.slice(from, from + ROWS_AT_ONCE))
          .execute();
    });
  }

  async remove(folder: string, paths: readonly string[]): Promise<void> {
    for (let from = 0; from < paths.length; from += ROWS_AT_ONCE)
      await this.#db
        .deleteFrom('synced_files')
        .where('folder', '=', folder)
        .where('path', 'in', paths.slice(from, from + ROWS_AT_ONCE))
        .execute();
  }
}
