import type { Kysely, Selectable } from 'kysely';
import type { Schema, SessionsTable } from './schema.ts';

export type SessionRow = Selectable<SessionsTable>;

export class SessionsStore {
  readonly #db: Kysely<Schema>;
  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(row: SessionRow): Promise<void> {
    await this.#db.insertInto('sessions').values(row).execute();
  }

  /** Adds a row that may be there from an earlier try. */
  async ensure(row: SessionRow): Promise<void> {
    await this.#db
      .insertInto('sessions')
      .values(row)
      .onConflict((c) => c.doNothing())
      .execute();
  }

  /** Only when this user owns it. */
  find(owner: string, id: string): Promise<SessionRow | undefined> {
    return this.#db
      .selectFrom('sessions')
      .selectAll()
      .where('id', '=', id)
      .where('owner', '=', owner)
      .executeTakeFirst();
  }

  /** Not ended, or ended after the time given. */
  list(owner: string, endedAfter: number): Promise<SessionRow[]> {
    return this.#db
      .selectFrom('sessions')
      .selectAll()
      .where('owner', '=', owner)
      .where((e) => e.or([e('ended', 'is', null), e('ended', '>', endedAfter)]))
      .orderBy('created')
      .execute();
  }

  async markEnded(id: string, ended: number): Promise<void> {
    await this.#db
      .updateTable('sessions')
      .set({ ended })
      .where('id', '=', id)
      .where('ended', 'is', null)
      .execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('sessions').where('id', '=', id).execute();
  }
}
