import { FarsideError } from '@farside/protocol';
import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';

type Names =
  | 'createSession'
  | 'listSessions'
  | 'cancelSession'
  | 'closeSession'
  | 'closeSessionByForce'
  | 'startSession'
  | 'sessions'
  | 'session';

/** Starting, listing and ending sessions, in the original's words and in our own. */
export function sessionHandlers({ sessions, compute }: WebDeps): Pick<Handlers, Names> {
  const idOf = (params: Readonly<Record<string, string>>) => params['id'] ?? '';
  return {
    async createSession({ user, body }) {
      if (body.runtimeType !== undefined && body.runtimeType.toUpperCase() !== 'R')
        throw new FarsideError('badRequest', { reason: 'only the runtime type R is served' });
      if (body.snapshotId) throw new FarsideError('notFound', { what: `snapshot "${body.snapshotId}"` });
      return { sessionId: (await sessions.start(user.name, { name: body.name })).id };
    },
    async listSessions({ user }) {
      const all = await sessions.list(user.name);
      const alive = all.filter((info) => info.state.state !== 'ended');
      return alive.map(({ id, name, owner }) => ({ id, name, owner, runtimeType: 'R' as const }));
    },
    async cancelSession({ user, params }) {
      const { id } = await sessions.running(user.name, idOf(params));
      await compute.interrupt(id);
    },
    closeSession: ({ user, params }) => sessions.end(user.name, idOf(params)),
    closeSessionByForce: ({ user, params }) => sessions.end(user.name, idOf(params), { force: true }),
    startSession: ({ user, body }) => sessions.start(user.name, body),
    sessions: ({ user }) => sessions.list(user.name),
    session: ({ user, params }) => sessions.info(user.name, idOf(params)),
  };
}
