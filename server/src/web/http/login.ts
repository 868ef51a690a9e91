import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';

type Names = 'login' | 'renewToken' | 'revokeRefreshToken';

/** Signing in and out. */
export function loginHandlers({ signIns }: WebDeps): Pick<Handlers, Names> {
  return {
    login: ({ body, req }) => signIns.signIn(body.username, body.password, req.ip ?? ''),
    renewToken: ({ body }) => signIns.refresh(body.refreshToken),
    revokeRefreshToken: ({ query }) => signIns.revoke(query.refreshToken),
  };
}
