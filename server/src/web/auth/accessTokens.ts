import { jwtVerify, SignJWT } from 'jose';
import { FarsideError } from '@farside/protocol';

/** As in the original. */
export const ACCESS_TOKEN_SECONDS = 3_600;
/** The only one accepted: a token can not choose its own algorithm. */
const ALGORITHM = 'HS512';
const ISSUER = 'farside';

/** What an access token says. */
export interface AccessClaims {
  readonly user: string;
  /** The sign-in it belongs to. */
  readonly family: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Signs; the same claims at the same time give the same token. `issued`: ms since 1970. */
export async function signAccessToken(
  key: Uint8Array,
  claims: { user: string; family: string },
  issued: number,
): Promise<{ token: string; expires: number }> {
  const seconds = Math.floor(issued / 1000);
  const expires = seconds + ACCESS_TOKEN_SECONDS;
  const token = await new SignJWT({ family: claims.family })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setIssuer(ISSUER)
    .setSubject(claims.user)
    .setIssuedAt(seconds)
    .setExpirationTime(expires)
    .sign(key);
  return { token, expires };
}

/** Throws `notSignedIn` for everything that is not a valid token of this server. */
export async function verifyAccessToken(key: Uint8Array, token: string, now: number): Promise<AccessClaims> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      requiredClaims: ['sub', 'exp', 'family'],
      currentDate: new Date(now),
    });
    return { user: String(payload.sub), family: String(payload['family']), expires: Number(payload.exp) };
  } catch (error) {
    throw new FarsideError('notSignedIn', {}, { cause: error });
  }
}
