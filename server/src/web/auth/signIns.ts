import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { FarsideError, type TokenPair } from '@farside/protocol';
import type { Store } from '../../store/store.ts';
import {
  ACCESS_TOKEN_SECONDS,
  signAccessToken,
  verifyAccessToken,
  type AccessClaims,
} from './accessTokens.ts';
import type { Keys } from './keys.ts';
import { verifyPassword } from './passwords.ts';
import { decideRefresh, FAMILY_MS } from './refreshPolicy.ts';
import { SignInThrottle } from './throttle.ts';

const REFRESH_TOKEN_BYTES = 32;
/** A refresh token has 43 characters; longer text is not hashed. */
const MAX_TOKEN_CHARACTERS = 4_096;

export interface SignInsOptions {
  readonly store: Store;
  readonly keys: Keys;
  readonly now?: () => number;
}

/**
 * Signing in, staying signed in and signing out. A sign-in is a family of tokens: its refresh tokens follow from one
 * another by a keyed hash, so that the same new pair can be given twice without keeping any token.
 */
export class SignIns {
  readonly #store: Store;
  readonly #keys: Keys;
  readonly #now: () => number;
  readonly #throttle: SignInThrottle;
  readonly #ended = new Set<(families: readonly string[]) => void>();

  constructor({ store, keys, now = Date.now }: SignInsOptions) {
    this.#store = store;
    this.#keys = keys;
    this.#now = now;
    this.#throttle = new SignInThrottle(now);
  }

  /** Told when sign-ins end before their time; returns what stops it. */
  onEnded(listener: (families: readonly string[]) => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  async signIn(user: string, password: string, address: string): Promise<TokenPair> {
    this.#throttle.begin(user, address);
    const row = await this.#store.users.find(user);
    if (!(await verifyPassword(password, row?.password))) throw new FarsideError('wrongCredentials');
    this.#throttle.succeeded(user, address);
    const now = this.#now();
    const family = { id: randomUUID(), user, created: now, revoked: null };
    const token = randomBytes(REFRESH_TOKEN_BYTES).toString('base64url');
    await this.#store.tokens.prune(now - FAMILY_MS);
    await this.#store.tokens.addFamily(family, hashOf(token));
    return this.#pair(user, family.id, token, now);
  }

  /** The next pair. Throws `notSignedIn`, or `tokenReused` when the sign-in was ended for a second use. */
  async refresh(token: string): Promise<TokenPair> {
    const known = await this.#known(token);
    const { row, family } = known;
    const now = this.#now();
    const facts = { now, familyCreated: family.created, familyRevoked: family.revoked, ...row };
    const next = this.#successor(token);
    switch (decideRefresh(facts)) {
      case 'rotate': {
        const rotated = { hash: hashOf(next), family: family.id, issued: now, used: null };
        if (await this.#store.tokens.rotate(row.hash, rotated))
          return this.#pair(family.user, family.id, next, now);
        return this.#repeat(token, family);
      }
      case 'repeat':
        return this.#repeat(token, family);
      case 'revoke':
        await this.#end(family.id);
        throw new FarsideError('tokenReused');
      case 'reused':
        throw new FarsideError('tokenReused');
      case 'refuse':
        throw new FarsideError('notSignedIn');
    }
  }

  /** Signs out: the family's refresh and access tokens end. */
  async revoke(token: string): Promise<void> {
    const { family } = await this.#known(token);
    if (family.revoked !== null) throw new FarsideError('notSignedIn');
    await this.#end(family.id);
  }

  /** Ends all sign-ins of a user, e.g. after a change of the password. */
  async revokeUser(user: string): Promise<void> {
    this.#tell(await this.#store.tokens.revokeUser(user, this.#now()));
  }

  /** Who an access token belongs to. Throws `notSignedIn`. */
  async verify(token: string): Promise<AccessClaims & { admin: boolean }> {
    const claims = await verifyAccessToken(this.#keys.access, token, this.#now());
    const [family, user] = await Promise.all([
      this.#store.tokens.family(claims.family),
      this.#store.users.find(claims.user),
    ]);
    if (!user || !family || family.revoked !== null || family.user !== user.name)
      throw new FarsideError('notSignedIn');
    return { ...claims, admin: user.admin === 1 };
  }

  async #repeat(token: string, family: { id: string; user: string }): Promise<TokenPair> {
    const next = this.#successor(token);
    const row = await this.#store.tokens.token(hashOf(next));
    if (!row) throw new FarsideError('notSignedIn');
    return this.#pair(family.user, family.id, next, row.issued);
  }

  async #known(token: string) {
    const row =
      token.length > MAX_TOKEN_CHARACTERS ? undefined : await this.#store.tokens.token(hashOf(token));
    const family = row && (await this.#store.tokens.family(row.family));
    if (!row || !family) throw new FarsideError('notSignedIn');
    return { row, family };
  }

  async #end(family: string): Promise<void> {
    await this.#store.tokens.revoke(family, this.#now());
    this.#tell([family]);
  }

  #tell(families: readonly string[]): void {
    for (const listener of this.#ended) listener(families);
  }

  #successor(token: string): string {
    return createHmac('sha256', this.#keys.refresh).update(token).digest('base64url');
  }

  async #pair(user: string, family: string, refresh: string, issued: number): Promise<TokenPair> {
    const { token, expires } = await signAccessToken(this.#keys.access, { user, family }, issued);
    return {
      token_type: 'Bearer',
      access_token: token,
      expires_in: ACCESS_TOKEN_SECONDS,
      expires_on: expires,
      refresh_token: refresh,
    };
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
