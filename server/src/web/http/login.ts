import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';

type Names = 'login' | 'renewToken' | 'revokeRefreshToken';

/** Signing in and out. */
export function loginHandlers({ signIns, identities }: WebDeps): Pick<Handlers, Names> {
  return {
    async login({ body, req }) {
      identities.requireLocalAccounts();
      return signIns.signIn(body.username, body.password, req.ip ?? '');
    },
    async renewToken({ body }) {
      identities.requireLocalAccounts();
      return signIns.refresh(body.refreshToken);
    },
    revokeRefreshToken: ({ query }) => signIns.revoke(query.refreshToken),
  };
}
