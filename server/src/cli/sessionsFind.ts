import type { FarsideClient } from '@farside/client';
import { FarsideError, type SessionInfo } from '@farside/protocol';

/**
 * The session that a user means: by its whole id, by the beginning of the id or by the name where only one fits.
 * @throws FarsideError `noSuchSession`, or `badRequest` when several fit
 */
export function findSession(sessions: readonly SessionInfo[], text: string): SessionInfo {
  const exact = sessions.find(({ id }) => id === text);
  if (exact) return exact;
  const named = sessions.filter(({ name }) => name === text);
  const fitting = named.length > 0 ? named : sessions.filter(({ id }) => text !== '' && id.startsWith(text));
  if (fitting.length > 1) {
    const ids = fitting.map(({ id }) => id.slice(0, 13)).join(', ');
    throw new FarsideError('badRequest', { reason: `"${text}" fits several sessions: ${ids}` });
  }
  const [found] = fitting;
  if (!found) throw new FarsideError('noSuchSession', { session: text });
  return found;
}

/** {@link findSession} among mine; a session that ended long ago is not listed any more, but has its whole id. */
export async function namedSession(client: FarsideClient, text: string): Promise<SessionInfo> {
  try {
    return findSession(await client.call('sessions'), text);
  } catch (error) {
    if (!(error instanceof FarsideError) || error.code !== 'noSuchSession') throw error;
    return client.call('session', { params: { id: text } });
  }
}
