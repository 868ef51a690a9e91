import { FarsideError } from '@farside/protocol';
import type { Store } from '../../store/store.ts';
import { checkPasswordLength, hashPassword, oneTimePassword } from './passwords.ts';
import type { SignIns } from './signIns.ts';

export const ADMIN = 'admin';
const NAME = /^[a-zA-Z0-9._@-]{1,64}$/;

/** Accounts of this server. Every rule about them is here, for REST and for `farside user` alike. */
export class Users {
  readonly #store: Store;
  readonly #signIns: SignIns;
  readonly #severalAllowed: boolean;

  /** `severalAllowed`: somebody accepted that all R workers run as one system user. */
  constructor(store: Store, signIns: SignIns, severalAllowed: boolean) {
    this.#store = store;
    this.#signIns = signIns;
    this.#severalAllowed = severalAllowed;
  }

  /** Makes the first account; its one-time password when nobody gave one, undefined when there are accounts. */
  async createAdmin(
    given: string | undefined,
  ): Promise<{ password: string; generated: boolean } | undefined> {
    if ((await this.#store.users.count()) > 0) return undefined;
    const password = given || oneTimePassword();
    await this.#insert(ADMIN, password, true);
    return { password, generated: !given };
  }

  /** Throws `isolationNeeded` when there are more accounts than were accepted. */
  async checkIsolation(): Promise<void> {
    if (!this.#severalAllowed && (await this.#store.users.count()) > 1)
      throw new FarsideError('isolationNeeded');
  }

  async list(): Promise<{ name: string; admin: boolean }[]> {
    return (await this.#store.users.list()).map(({ name, admin }) => ({ name, admin: admin === 1 }));
  }

  async add(name: string, password: string): Promise<void> {
    if (!NAME.test(name))
      throw new FarsideError('badRequest', {
        reason: 'a user name has 1 to 64 of the characters a-z 0-9 . _ @ -',
      });
    if (await this.#store.users.find(name)) throw new FarsideError('userExists', { user: name });
    if (!this.#severalAllowed && (await this.#store.users.count()) > 0)
      throw new FarsideError('isolationNeeded');
    await this.#insert(name, password, false);
  }

  /** Throws when there is no such user, or it is the last administrator. */
  async checkRemovable(name: string): Promise<void> {
    const users = await this.#store.users.list();
    const user = users.find((u) => u.name === name);
    if (!user) throw new FarsideError('noSuchUser', { user: name });
    if (user.admin === 1 && users.filter((u) => u.admin === 1).length === 1)
      throw new FarsideError('forbidden', { reason: 'the last administrator can not be removed' });
  }

  async remove(name: string): Promise<void> {
    await this.checkRemovable(name);
    await this.#signIns.revokeUser(name);
    await this.#store.users.remove(name);
  }

  async setPassword(name: string, password: string): Promise<void> {
    if (!(await this.#store.users.find(name))) throw new FarsideError('noSuchUser', { user: name });
    checkPasswordLength(password);
    await this.#store.users.setPassword(name, await hashPassword(password));
    await this.#signIns.revokeUser(name);
  }

  async #insert(name: string, password: string, admin: boolean): Promise<void> {
    checkPasswordLength(password);
    const row = { name, password: await hashPassword(password), admin: admin ? 1 : 0, created: Date.now() };
    if (!(await this.#store.users.add(row))) throw new FarsideError('userExists', { user: name });
  }
}
