import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCa, type TestCa } from './ca.ts';
import { Grants, type Behaviour } from './grants.ts';
import { accessToken, CLIENT, newSigningKey, RESOURCE, TENANT, type SigningKey } from './signing.ts';

/** How the metadata is answered. */
export type MetadataMode = 'ok' | 'html' | 'status500' | 'redirect' | 'hang' | 'huge' | 'odd';

/** A directory that behaves like Entra ID, on this machine: metadata, keys, sign-in and tokens over https. */
export interface Issuer {
  readonly authority: string;
  readonly issuer: string;
  readonly ca: TestCa;
  /** The first one signs. */
  readonly keys: SigningKey[];
  readonly behaviour: Behaviour;
  metadata: MetadataMode;
  keySet: MetadataMode;
  /** Lifetime of the tokens it gives, in seconds. */
  lifetime: number;
  /** Requests, as "GET /path" or "grant name". */
  readonly hits: string[];
  token(
    claims?: Record<string, unknown>,
    header?: Record<string, unknown>,
    key?: SigningKey,
  ): Promise<string>;
  /** Arguments of `farside serve`. */
  readonly args: readonly string[];
  close(): Promise<void>;
}

const METADATA = '/.well-known/openid-configuration';
const HUGE_BYTES = 3 * 1024 * 1024;

export async function startIssuer(port = 0): Promise<Issuer> {
  const ca = makeCa();
  const behaviour: Behaviour = { consent: 'yes', devicePolls: 1, deviceOutcome: 'yes', refreshes: true };
  const server = createServer({ cert: ca.cert, key: ca.key }, (req, res) => {
    void answer(req, res, issuer, grants);
  });
  const grants = new Grants(behaviour);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const authority = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = [await newSigningKey('first')];
  const issuer: Issuer = {
    authority,
    issuer: `${authority}/${TENANT}/v2.0`,
    ca,
    keys,
    behaviour,
    metadata: 'ok',
    keySet: 'ok',
    lifetime: 3_600,
    hits: [],
    token: (claims = {}, header = {}, key = keys[0] as SigningKey) =>
      accessToken({ key, issuer: issuer.issuer, claims, header }),
    args: [
      ...['--isolation', 'none', '--aad-authority', authority, '--aad-tenant', TENANT],
      ...['--aad-audience', RESOURCE, '--aad-client-id', CLIENT],
    ],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      ca.remove();
    },
  };
  return issuer;
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  issuer: Issuer,
  grants: Grants,
): Promise<void> {
  const url = new URL(req.url ?? '/', issuer.authority);
  issuer.hits.push(`${req.method} ${url.pathname}`);
  const json = (body: object, status = 200): void =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const { pathname } = url;
  if (pathname.endsWith(METADATA)) return document(res, issuer.metadata, discovery(issuer));
  if (pathname.endsWith('/keys'))
    return document(res, issuer.keySet, { keys: issuer.keys.map((k) => k.jwk) });
  if (pathname.endsWith('/authorize')) {
    const location = grants.authorize(url.searchParams);
    if (location === undefined) return json({ error: 'invalid_request' }, 400);
    res.writeHead(302, { location }).end();
  } else if (pathname.endsWith('/devicecode')) {
    const codes = { device_code: grants.device(), user_code: 'WXYZ2345', expires_in: 900, interval: 1 };
    json({ ...codes, verification_uri: `${issuer.authority}/device` });
  } else if (pathname.endsWith('/token')) await token(req, json, issuer, grants);
  else json({ error: 'not_found' }, 404);
}

async function token(
  req: IncomingMessage,
  json: (body: object, status?: number) => void,
  issuer: Issuer,
  grants: Grants,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  const form = new URLSearchParams(Buffer.concat(parts).toString('utf8'));
  issuer.hits.push(`grant ${form.get('grant_type')}`);
  const grant = grants.token(form);
  if ('error' in grant) return json({ error: grant.error, error_description: `AADSTS: ${grant.error}` }, 400);
  const exp = Math.floor(Date.now() / 1000) + issuer.lifetime;
  json({
    token_type: 'Bearer',
    expires_in: issuer.lifetime,
    scope: form.get('scope') ?? '',
    access_token: await issuer.token({ exp, jti: crypto.randomUUID() }),
    refresh_token: grants.newRefreshToken(),
    id_token: await issuer.token({ aud: CLIENT, scp: undefined, exp, nonce: grant.nonce }),
  });
}

const discovery = ({ issuer }: Issuer): object => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  device_authorization_endpoint: `${issuer}/devicecode`,
  jwks_uri: `${issuer}/keys`,
  id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
});

function document(res: ServerResponse, mode: MetadataMode, body: object): void {
  if (mode === 'hang') return;
  if (mode === 'redirect') return void res.writeHead(302, { location: '/elsewhere' }).end();
  const type = { 'content-type': mode === 'html' ? 'text/html' : 'application/json' };
  res.writeHead(mode === 'status500' ? 500 : 200, type);
  if (mode === 'html') res.end('<html><body>Bad gateway</body></html>');
  else if (mode === 'huge') res.end(JSON.stringify({ ...body, more: 'x'.repeat(HUGE_BYTES) }));
  else if (mode === 'odd') res.end('{"issuer": null, "jwks_uri": 7, "keys": "none"}');
  else res.end(JSON.stringify(body));
}
