import { FarsideError } from '@farside/protocol';
import type { WebDeps } from '../deps.ts';
import type { ClientSocket } from './connection.ts';

export const userRoom = (user: string): string => `user:${user}`;
export const familyRoom = (family: string): string => `family:${family}`;

/** Puts a connection on a newer access token. */
export type Renew = (token: string) => Promise<void>;

/** Cuts a connection when its access token expires, unless it brought a newer one. */
export function limitToToken(socket: ClientSocket, { identities }: Pick<WebDeps, 'identities'>): Renew {
  let timer: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.disconnect(true), Math.max(0, socket.data.expires * 1000 - Date.now()));
    timer.unref();
  };
  schedule();
  socket.once('disconnect', () => clearTimeout(timer));
  return async (token) => {
    const claims = await identities.verify(token);
    if (claims.user !== socket.data.user)
      throw new FarsideError('forbidden', { reason: 'the token is another user’s' });
    await socket.leave(familyRoom(socket.data.family));
    socket.data.family = claims.family;
    socket.data.expires = claims.expires;
    await socket.join(familyRoom(claims.family));
    schedule();
  };
}
