import { FarsideError, type KeptTokens } from '@farside/protocol';
import { Listeners } from '../disposable.ts';
import { renewAtDirectory } from './directory.ts';
import { readReply, request, type HttpOptions } from './http.ts';
import type { TokenStore } from './tokens.ts';

/** A token is renewed this long before it ends, so that a request on its way does not meet its end. */
const RENEW_AHEAD_MS = 60_000;
/** Checking a password takes the server a moment, on purpose. */
const SIGN_IN_TIMEOUT_MS = 30_000;
/** Everything waits for a new token: a server that is silent so long is not there. */
const RENEW_TIMEOUT_MS = 10_000;

/** New tokens of a directory for old ones; throws what has status 401 when it gives none any more. */
export type RenewDirectory = (tokens: KeptTokens) => Promise<KeptTokens>;

/** Keeps one sign-in alive: gives access tokens, renews them, and says when the sign-in is over. */
export class Auth {
  readonly signedOut = new Listeners<[]>();
  readonly signedIn = new Listeners<[]>();
  readonly renewed = new Listeners<[token: string]>();
  readonly #http: HttpOptions;
  readonly #store: TokenStore;
  readonly #renewDirectory: RenewDirectory;
  /** When tokens received by this process end, by its own clock: the server's clock may differ. */
  readonly #ends = new Map<string, number>();
  /** Why the sign-in is over, for all who ask later. */
  #why: FarsideError | undefined;

  constructor(http: HttpOptions, store: TokenStore, renewDirectory: RenewDirectory = renewAtDirectory) {
    this.#http = http;
    this.#store = store;
    this.#renewDirectory = renewDirectory;
  }

  async signIn(username: string, password: string, signal?: AbortSignal): Promise<void> {
    const options = { body: { username, password }, signal, timeoutMs: SIGN_IN_TIMEOUT_MS };
    const response = await request(this.#http, 'login', options);
    const pair = await readReply(this.#http, 'login', response, options);
    await this.#store.exclusive(() => this.#keep(pair));
    this.signedIn.fire();
  }

  /** Signed in elsewhere, at a directory. */
  async signInWith(tokens: KeptTokens): Promise<void> {
    await this.#store.exclusive(() => this.#keep(tokens));
    this.signedIn.fire();
  }

  /** Forgets the tokens, and ends the sign-in on the server where it can be reached. */
  async signOut(): Promise<void> {
    const pair = await this.#store.load();
    await this.#store.clear();
    this.#why = undefined;
    if (pair?.refresh_token && !pair.directory)
      await request(
        this.#http,
        'revokeRefreshToken',
        { query: { refreshToken: pair.refresh_token }, timeoutMs: RENEW_TIMEOUT_MS },
        pair.access_token,
      ).catch(() => undefined);
    this.signedOut.fire();
  }

  /** An access token that is good for a while. `refused` is one the server did not take. */
  async token(refused?: string): Promise<string> {
    const pair = await this.#store.load();
    if (pair && this.#isGood(pair, refused)) return pair.access_token;
    return this.#store.exclusive(async () => {
      const latest = await this.#store.load();
      if (latest && this.#isGood(latest, refused)) return latest.access_token;
      try {
        return await this.#renew(latest, refused);
      } catch (error) {
        // Nobody was there to renew it: until its end the old one is good.
        if (latest && this.#stillServes(latest, refused, error)) return latest.access_token;
        throw error;
      }
    });
  }

  /** ms until {@link token} would renew; undefined when there is nothing to renew. */
  async msToRenewal(): Promise<number | undefined> {
    const pair = await this.#store.load();
    if (!pair || !isRenewable(pair)) return undefined;
    return Math.max(0, this.#endOf(pair) - RENEW_AHEAD_MS - Date.now());
  }

  #isGood(pair: KeptTokens, refused?: string): boolean {
    if (pair.access_token === refused) return false;
    return !isRenewable(pair) || this.#endOf(pair) - Date.now() > RENEW_AHEAD_MS;
  }

  #stillServes(pair: KeptTokens, refused: string | undefined, error: unknown): boolean {
    const mayPass = error instanceof FarsideError && error.retryable;
    return mayPass && pair.access_token !== refused && this.#endOf(pair) > Date.now();
  }

  #endOf(pair: KeptTokens): number {
    return this.#ends.get(pair.access_token) ?? pair.expires_on * 1000;
  }

  async #renew(pair: KeptTokens | undefined, refused?: string): Promise<string> {
    if (!pair || !isRenewable(pair)) return this.#over(pair !== undefined);
    let next: KeptTokens;
    try {
      next = pair.directory ? await this.#renewDirectory(pair) : await this.#renewAtServer(pair);
      // The directory has nothing newer than what the server does not take.
      if (next.access_token === refused) return await this.#over(true);
    } catch (error) {
      if (error instanceof FarsideError && error.status === 401)
        return this.#over(true, error.code === 'directoryRefused' ? error : undefined);
      throw error;
    }
    await this.#keep(next);
    this.renewed.fire(next.access_token);
    return next.access_token;
  }

  async #renewAtServer(pair: KeptTokens): Promise<KeptTokens> {
    const options = { body: { refreshToken: pair.refresh_token }, timeoutMs: RENEW_TIMEOUT_MS };
    const response = await request(this.#http, 'renewToken', options);
    return readReply(this.#http, 'renewToken', response, options);
  }

  async #over(wasSignedIn: boolean, why?: FarsideError): Promise<never> {
    if (wasSignedIn) {
      this.#why = why;
      await this.#store.clear();
      this.signedOut.fire();
    }
    throw this.#why ?? new FarsideError('notSignedIn');
  }

  async #keep(pair: KeptTokens): Promise<void> {
    this.#ends.clear();
    this.#why = undefined;
    // A very short lifetime must not make each request renew.
    this.#ends.set(pair.access_token, Date.now() + Math.max(pair.expires_in * 1000, 2 * RENEW_AHEAD_MS));
    await this.#store.save(pair);
  }
}

const isRenewable = (pair: KeptTokens): boolean => pair.refresh_token !== '' || pair.directory !== undefined;
