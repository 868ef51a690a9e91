import type { Kysely, Selectable } from 'kysely';
import type { Schema, UsersTable } from './schema.ts';

export type UserRow = Selectable<UsersTable>;

export class UsersStore {
  readonly #db: Kysely<Schema>;
  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  find(name: string): Promise<UserRow | undefined> {
    return this.#db.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst();
  }

  list(): Promise<UserRow[]> {
    return this.#db.selectFrom('users').selectAll().orderBy('created').orderBy('name').execute();
  }

  async count(): Promise<number> {
    const row = await this.#db
      .selectFrom('users')
      .select((e) => e.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  }

  /** False when the name is taken. */
  async add(user: UserRow): Promise<boolean> {
    const result = await this.#db
      .insertInto('users')
      .values(user)
      .onConflict((c) => c.doNothing())
      .executeTakeFirst();
    return Number(result.numInsertedOrUpdatedRows) > 0;
  }

  /** False when there is no such user. */
  async setPassword(name: string, password: string): Promise<boolean> {
    const result = await this.#db
      .updateTable('users')
      .set({ password })
      .where('name', '=', name)
      .executeTakeFirst();
    return Number(result.numUpdatedRows) > 0;
  }

  /**
   * Removes the user with all sign-ins; false when there is none. Sessions, folders and snapshots go to a name that nobody can
   * have, so that a later user of the same name does not inherit them.
   */
  remove(name: string, now = Date.now()): Promise<boolean> {
    return this.#db.transaction().execute(async (t) => {
      const nobody = { owner: `${name} (removed ${now})` };
      await t.updateTable('sessions').set(nobody).where('owner', '=', name).execute();
      await t.updateTable('folders').set(nobody).where('owner', '=', name).execute();
      await t.updateTable('snapshots').set(nobody).where('owner', '=', name).execute();
      const result = await t.deleteFrom('users').where('name', '=', name).executeTakeFirst();
      return Number(result.numDeletedRows) > 0;
    });
  }
}
