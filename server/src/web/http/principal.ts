import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { FarsideError } from '@farside/protocol';
import type { WebDeps } from '../deps.ts';

/** Who makes a request. */
export interface Principal {
  readonly name: string;
  /** How people write the name. */
  readonly shown: string;
  readonly admin: boolean;
}
/** The administrator at the server's own console: reads the data directory, so may do everything. */
const LOCAL: Principal = { name: '(local)', shown: '(local)', admin: true };

/** Kept beside the request rather than on it, so that it has a type and nothing else can set it. */
const known = new WeakMap<IncomingMessage, Principal | FarsideError>();

/** Finds out who asks. A bad token is only an error where somebody has to be known. */
export function authenticate(deps: Pick<WebDeps, 'identities' | 'localSecret'>): RequestHandler {
  return async (req, _res, next) => {
    const token = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
    if (token) known.set(req, await principalOf(deps, req, token));
    next();
  };
}

async function principalOf(
  { identities, localSecret }: Pick<WebDeps, 'identities' | 'localSecret'>,
  req: IncomingMessage,
  token: string,
): Promise<Principal | FarsideError> {
  if (isLocal(req) && sameText(token, localSecret)) return LOCAL;
  try {
    const { user, shown, admin } = await identities.verify(token);
    return { name: user, shown, admin };
  } catch (error) {
    if (error instanceof FarsideError) return error;
    throw error;
  }
}

/** Throws `notSignedIn`. */
export function requireUser(req: IncomingMessage): Principal {
  const principal = known.get(req) ?? new FarsideError('notSignedIn');
  if (principal instanceof FarsideError) throw principal;
  return principal;
}

export function requireAdmin(user: Principal): void {
  if (!user.admin) throw new FarsideError('forbidden', { reason: 'only an administrator may' });
}

/** The Unix socket in the data directory has no remote address. */
const isLocal = (req: IncomingMessage): boolean => req.socket.remoteAddress === undefined;

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
