import { FarsideError, type SessionInfo } from '@farside/protocol';
import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';
import type { StartOptions } from '../sessions.ts';

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
export function sessionHandlers(deps: WebDeps): Pick<Handlers, Names> {
  const { sessions, compute } = deps;
  const idOf = (params: Readonly<Record<string, string>>) => params['id'] ?? '';
  return {
    async createSession({ user, body }) {
      if (body.runtimeType !== undefined && body.runtimeType.toUpperCase() !== 'R')
        throw new FarsideError('badRequest', { reason: 'only the runtime type R is served' });
      return { sessionId: (await start(deps, user.name, body)).id };
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
    startSession: ({ user, body }) => start(deps, user.name, body),
    sessions: ({ user }) => sessions.list(user.name),
    session: ({ user, params }) => sessions.info(user.name, idOf(params)),
  };
}

type Start = StartOptions & { snapshotId?: string; attached?: boolean };

/** A session from a snapshot is given out with it or not at all. */
async function start({ sessions, snapshots }: WebDeps, owner: string, body: Start): Promise<SessionInfo> {
  const { snapshotId, attached, ...options } = body;
  if (!snapshotId) return sessions.start(owner, options);
  await snapshots.owned(owner, snapshotId);
  const { id } = await sessions.start(owner, options);
  try {
    await snapshots.load(owner, id, snapshotId, attached);
    return await sessions.info(owner, id);
  } catch (error) {
    await sessions.end(owner, id, { force: true });
    await sessions.remove(owner, id);
    throw error;
  }
}
