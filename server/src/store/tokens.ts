import type { Kysely, Selectable } from 'kysely';
import type { RefreshTokensTable, Schema, TokenFamiliesTable } from './schema.ts';

export type FamilyRow = Selectable<TokenFamiliesTable>;
export type RefreshTokenRow = Selectable<RefreshTokensTable>;

export class TokensStore {
  readonly #db: Kysely<Schema>;
  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** A sign-in with its first refresh token. */
  async addFamily(family: FamilyRow, hash: string): Promise<void> {
    await this.#db.transaction().execute(async (t) => {
      await t.insertInto('token_families').values(family).execute();
      await t
        .insertInto('refresh_tokens')
        .values({ hash, family: family.id, issued: family.created, used: null })
        .execute();
    });
  }

  family(id: string): Promise<FamilyRow | undefined> {
    return this.#db.selectFrom('token_families').selectAll().where('id', '=', id).executeTakeFirst();
  }

  token(hash: string): Promise<RefreshTokenRow | undefined> {
    return this.#db.selectFrom('refresh_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
  }

  /** Marks a token used and stores its successor; false when another caller was first. */
  rotate(hash: string, successor: RefreshTokenRow): Promise<boolean> {
    return this.#db.transaction().execute(async (t) => {
      const marked = await t
        .updateTable('refresh_tokens')
        .set({ used: successor.issued })
        .where('hash', '=', hash)
        .where('used', 'is', null)
        .executeTakeFirst();
      if (Number(marked.numUpdatedRows) === 0) return false;
      await t.insertInto('refresh_tokens').values(successor).execute();
      return true;
    });
  }

  async revoke(family: string, now: number): Promise<void> {
    await this.#db
      .updateTable('token_families')
      .set({ revoked: now })
      .where('id', '=', family)
      .where('revoked', 'is', null)
      .execute();
  }

  /** Ends all sign-ins of a user; the ids of the families that were alive. */
  async revokeUser(user: string, now: number): Promise<string[]> {
    const rows = await this.#db
      .updateTable('token_families')
      .set({ revoked: now })
      .where('user', '=', user)
      .where('revoked', 'is', null)
      .returning('id')
      .execute();
    return rows.map((row) => row.id);
  }

  /** Forgets families begun before a time: nothing of them is valid any more. */
  async prune(before: number): Promise<void> {
    await this.#db.deleteFrom('token_families').where('created', '<', before).execute();
  }
}
