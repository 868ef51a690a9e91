import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';

export const TENANT = '11111111-2222-4333-8444-555555555555';
/** The tenant's other name. */
export const DOMAIN = 'example.onmicrosoft.test';
/** The registration of the server, and that of its clients. */
export const RESOURCE = 'aaaaaaaa-0000-4000-8000-000000000001';
export const CLIENT = 'bbbbbbbb-0000-4000-8000-000000000002';
export const ANN = {
  oid: 'cccccccc-0000-4000-8000-00000000000a',
  name: 'ann@example.test',
  password: 'blue kettle',
};
const TOKEN_SECONDS = 3_600;
/** Clocks differ. */
const EARLY_SECONDS = 5;

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;
export interface SigningKey extends KeyPair {
  readonly kid: string;
  readonly jwk: JWK;
}

export async function newSigningKey(kid: string = randomUUID()): Promise<SigningKey> {
  const pair = await generateKeyPair('RS256', { extractable: true });
  return { ...pair, kid, jwk: { ...(await exportJWK(pair.publicKey)), kid, use: 'sig' } };
}

export interface TokenOptions {
  readonly key: SigningKey;
  readonly issuer: string;
  /** Replace or, when undefined, remove claims and header fields. */
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

/** An access token as Entra ID makes them (version 2.0), signed. */
export function accessToken({ key, issuer, claims = {}, header = {} }: TokenOptions): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const usual = {
    iss: issuer,
    aud: RESOURCE,
    tid: TENANT,
    oid: ANN.oid,
    sub: 'subject-of-ann',
    azp: CLIENT,
    preferred_username: ANN.name,
    scp: 'R.Use',
    ver: '2.0',
    iat: now,
    nbf: now - EARLY_SECONDS,
    exp: now + TOKEN_SECONDS,
  };
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })
    .sign(key.privateKey);
}
