import { FarsideError } from '@farside/protocol';
import { ALGORITHM, CLOCK_SKEW_SECONDS } from '../azureAd.ts';
import type { DirectoryConfig } from './config.ts';
import type { Metadata } from './metadata.ts';

/** Real ones have 1 to 3 KB; nothing is decoded before this is checked. */
export const MAX_TOKEN_CHARACTERS = 16 * 1024;
const MAX_KID_CHARACTERS = 256;
const MAX_NAME_CHARACTERS = 200;
const DAY_SECONDS = 24 * 60 * 60;

type Claims = Readonly<Record<string, unknown>>;

/** Somebody of the directory. */
export interface DirectoryUser {
  /** What everything of this person belongs to: never changes and is never given to another. */
  readonly id: string;
  /** How people write the account; it can change. */
  readonly shown: string;
  /** Until when the token counts, seconds since 1970. */
  readonly expires: number;
}

/** One of a fixed set of words, never anything from the token or of the server's settings. */
export function refused(reason: string, cause?: unknown): FarsideError {
  return new FarsideError('tokenRefused', { reason }, { cause });
}

/**
 * The id of the key a token says it was signed with. Everything that would be dangerous to hand on ends here: what
 * is no token, other algorithms, and headers that have to be understood. Keys or addresses of keys in a token
 * (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
 */
export function keyIdOf(token: string): string {
  if (token.length > MAX_TOKEN_CHARACTERS) throw refused('it is too long');
  const header = decode(token, 0);
  if (!header || !decode(token, 1)) throw refused('it is not a token');
  const { alg, typ, kid, crit } = header;
  if (alg !== ALGORITHM || typ !== 'JWT' || crit !== undefined)
    throw refused('it is of a kind not taken here');
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_CHARACTERS)
    throw refused('it does not name its key');
  return kid;
}

/** A part of a token as an object; undefined when it is none. */
export function decode(token: string, part: 0 | 1): Claims | undefined {
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return undefined;
  try {
    const text = Buffer.from(token.split('.')[part] ?? '', 'base64url').toString('utf8');
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whose token it is: checks what the strategy leaves to us. `now`: ms since 1970. */
export function userOf(
  claims: Claims,
  config: DirectoryConfig,
  metadata: Metadata,
  now: number,
): DirectoryUser {
  const { tid, oid, iss, aud, scp, exp, idtyp } = claims;
  // Several audiences in one token: another application could use it against us.
  if (typeof aud !== 'string' || !config.audiences.includes(aud))
    throw refused('it is for another application');
  if (typeof iss !== 'string' || !metadata.issuers.includes(iss)) throw refused('it is of another issuer');
  if (typeof tid !== 'string' || tid.toLowerCase() !== metadata.tenant)
    throw refused('it is of another tenant');
  // Only access tokens that a person's client got have scopes: ID tokens and those of programs have none.
  const scopes = typeof scp === 'string' ? scp.split(' ').filter(Boolean) : [];
  if (scopes.length === 0 || idtyp === 'app') throw refused('it is not an access token of a person');
  if (config.permission !== undefined && !scopes.includes(config.permission))
    throw refused('it lacks the permission of this application');
  if (typeof oid !== 'string' || !/^[\w-]{1,64}$/.test(oid)) throw refused('it does not say whose it is');
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw refused('it does not end');
  return {
    id: `aad:${metadata.tenant}:${oid.toLowerCase()}`,
    shown: nameOf(claims) ?? oid,
    // However long the token: a connection asks again each day.
    expires: Math.min(Math.floor(exp) + CLOCK_SKEW_SECONDS, Math.floor(now / 1000) + DAY_SECONDS),
  };
}

function nameOf({ preferred_username: name, upn, unique_name: unique, email }: Claims): string | undefined {
  const given = [name, upn, unique, email].find((one) => typeof one === 'string' && one.trim() !== '');
  // Shown in terminals and trees: no line breaks, no escapes, no reversed writing.
  return typeof given === 'string'
    ? given.replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, MAX_NAME_CHARACTERS)
    : undefined;
}

/**
 * Why the strategy refused a token, by what the token itself says. It may lie, but only to its own sender: what it is
 * compared with is public (`GET /v2/about`).
 */
export function whyRefused(
  token: string,
  config: DirectoryConfig,
  metadata: Metadata,
  now: number,
): FarsideError {
  const { exp, nbf, aud, iss } = decode(token, 1) ?? {};
  const seconds = now / 1000;
  if (typeof exp === 'number' && exp + CLOCK_SKEW_SECONDS <= seconds) return refused('it has expired');
  if (typeof nbf === 'number' && nbf - CLOCK_SKEW_SECONDS >= seconds) return refused('it is not valid yet');
  if (typeof aud !== 'string' || !config.audiences.includes(aud))
    return refused('it is for another application');
  if (typeof iss !== 'string' || !metadata.issuers.includes(iss)) return refused('it is of another issuer');
  return refused('it is not valid');
}
