import type { Kysely, Selectable } from 'kysely';
import type { JobsTable, Schema } from './schema.ts';

export type JobRow = Selectable<JobsTable>;

export class JobsStore {
  readonly #db: Kysely<Schema>;
  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(row: JobRow): Promise<void> {
    await this.#db.insertInto('jobs').values(row).execute();
  }

  get(id: string): Promise<JobRow | undefined> {
    return this.#db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** The newest first: not over, or over after the time given. */
  list(owner: string, endedAfter: number): Promise<JobRow[]> {
    return this.#db
      .selectFrom('jobs')
      .selectAll()
      .where('owner', '=', owner)
      .where((e) => e.or([e('ended', 'is', null), e('ended', '>', endedAfter)]))
      .orderBy('created', 'desc')
      .orderBy('id')
      .execute();
  }

  /** Of all users. */
  unfinished(): Promise<JobRow[]> {
    return this.#db.selectFrom('jobs').selectAll().where('outcome', 'is', null).execute();
  }

  /** Over, and somebody still has to be told. */
  untold(): Promise<JobRow[]> {
    return this.#db
      .selectFrom('jobs')
      .selectAll()
      .where('outcome', 'is not', null)
      .where('hook_state', '=', 'pending')
      .execute();
  }

  async update(id: string, changes: Partial<Omit<JobRow, 'id'>>): Promise<void> {
    await this.#db.updateTable('jobs').set(changes).where('id', '=', id).execute();
  }

  /** Notes that somebody wants it to end; the first time counts. */
  async markCancelled(id: string, when: number): Promise<void> {
    await this.#db
      .updateTable('jobs')
      .set({ cancelled: when })
      .where('id', '=', id)
      .where('cancelled', 'is', null)
      .where('outcome', 'is', null)
      .execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('jobs').where('id', '=', id).execute();
  }
}
