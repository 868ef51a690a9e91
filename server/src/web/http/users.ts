import { rm } from 'node:fs/promises';
import { FarsideError } from '@farside/protocol';
import type { Handlers } from './bind.ts';
import { requireAdmin } from './principal.ts';
import type { WebDeps } from '../deps.ts';

type Names = 'users' | 'addUser' | 'removeUser' | 'setPassword';

/** Accounts. */
export function userHandlers({ users, sessions, files }: WebDeps): Pick<Handlers, Names> {
  return {
    async users({ user }) {
      requireAdmin(user);
      return users.list();
    },
    async addUser({ user, body }) {
      requireAdmin(user);
      await users.add(body.name, body.password);
    },
    async removeUser({ user, params }) {
      requireAdmin(user);
      const name = params['name'] ?? '';
      await users.checkRemovable(name);
      await sessions.endAll(name);
      await users.remove(name);
      // A later user of the same name does not inherit them.
      await rm(files.packages(name), { recursive: true, force: true });
    },
    async setPassword({ user, params, body }) {
      const name = params['name'] ?? '';
      if (name !== user.name && !user.admin)
        throw new FarsideError('forbidden', {
          reason: 'only an administrator may set another user’s password',
        });
      await users.setPassword(name, body.password);
    },
  };
}
