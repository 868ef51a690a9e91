import type { Kysely, Selectable } from 'kysely';
import type { FoldersTable, Schema } from './schema.ts';

export type FolderRow = Selectable<FoldersTable>;

export class FoldersStore {
  readonly #db: Kysely<Schema>;
  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Only when this user owns it. */
  find(owner: string, id: string): Promise<FolderRow | undefined> {
    return this.#db
      .selectFrom('folders')
      .selectAll()
      .where('id', '=', id)
      .where('owner', '=', owner)
      .executeTakeFirst();
  }

  findByKey(owner: string, key: string): Promise<FolderRow | undefined> {
    return this.#db
      .selectFrom('folders')
      .selectAll()
      .where('owner', '=', owner)
      .where('key', '=', key)
      .executeTakeFirst();
  }

  /** False when the owner has a folder with this key already. */
  async add(row: FolderRow): Promise<boolean> {
    const result = await this.#db
      .insertInto('folders')
      .values(row)
      .onConflict((c) => c.doNothing())
      .executeTakeFirst();
    return Number(result.numInsertedOrUpdatedRows) > 0;
  }
}
