import type { Kysely, Selectable } from 'kysely';
import type { Schema, SnapshotsTable } from './schema.ts';

export type SnapshotRow = Selectable<SnapshotsTable>;

export class SnapshotsStore {
  readonly #db: Kysely<Schema>;
  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(row: SnapshotRow): Promise<void> {
    await this.#db.insertInto('snapshots').values(row).execute();
  }

  /** Only when this user owns it. */
  find(owner: string, id: string): Promise<SnapshotRow | undefined> {
    return this.#db
      .selectFrom('snapshots')
      .selectAll()
      .where('id', '=', id)
      .where('owner', '=', owner)
      .executeTakeFirst();
  }

  /** The oldest first. */
  list(owner: string): Promise<SnapshotRow[]> {
    return this.#db
      .selectFrom('snapshots')
      .selectAll()
      .where('owner', '=', owner)
      .orderBy('created')
      .orderBy('id')
      .execute();
  }

  /** Whoever owns it. */
  async exists(id: string): Promise<boolean> {
    const row = await this.#db.selectFrom('snapshots').select('id').where('id', '=', id).executeTakeFirst();
    return row !== undefined;
  }

  async remove(owner: string, id: string): Promise<void> {
    await this.#db.deleteFrom('snapshots').where('id', '=', id).where('owner', '=', owner).execute();
  }

  /** Whoever owns it. */
  async forget(id: string): Promise<void> {
    await this.#db.deleteFrom('snapshots').where('id', '=', id).execute();
  }
}
