import { FarsideClient, memoryTokenStore, type TokenStore } from '@farside/client';
import type { HandoverTokens, KeptTokens, TokenPair } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';

/** Where the session of local R is seen: `own` of a server of the list, `adopted` there, or a guest of this window. */
export type Ownership = 'listed' | 'adopted' | 'guest';

/** The server as a sign-in of R needs it. */
export type SignInServer = Pick<ServerConnection, 'client' | 'tokens' | 'signOut'>;

/** The sign-in that mrsdeploy made in one local R; from the handover on it is renewed here, at the server or its directory. */
export class RSignIn<S extends SignInServer = ServerConnection> {
  readonly url: string;
  readonly server: S;
  readonly ownership: Ownership;
  readonly #store: TokenStore;
  /** The server's own, so that its live connection gets each new token at once; another one where it is another sign-in. */
  readonly #client: FarsideClient;

  /** `own`: R's tokens, where the server is shown with a sign-in that is not R's. */
  constructor(url: string, server: S, ownership: Ownership, own?: TokenStore) {
    this.url = url;
    this.server = server;
    this.ownership = ownership;
    this.#store = own ?? server.tokens;
    this.#client = own ? new FarsideClient({ url, tokens: own }) : server.client;
  }

  /** A token that is good, in the words of a sign-in. `refused` is one the server did not take. @throws FarsideError */
  async tokens(refused?: string): Promise<Partial<TokenPair>> {
    const token = await this.#client.token(refused);
    const pair = await this.#store.load();
    const until =
      pair?.access_token === token && pair.refresh_token !== '' ? { expires_on: pair.expires_on } : {};
    return { access_token: token, ...until };
  }

  /** R has signed out: what was signed in only for R is over here too. */
  async end(): Promise<void> {
    if (this.#client === this.server.client) return this.server.signOut();
    await this.#client.signOut();
    this.#client.dispose();
  }

  /** Another sign-in took its place; the server may be shown with it still. */
  dispose(): void {
    if (this.#client !== this.server.client) this.#client.dispose();
  }
}

/** Tokens as R gives them; without a refresh token they are used until they are refused. */
export function pairOf(tokens: HandoverTokens): KeptTokens {
  const now = Math.floor(Date.now() / 1000);
  const until = tokens.expires_on ?? now;
  return {
    token_type: 'Bearer',
    access_token: tokens.access_token,
    expires_in: Math.max(0, until - now),
    expires_on: until,
    refresh_token: tokens.refresh_token ?? '',
    // Without a refresh token there is nothing to ask the directory with.
    ...(tokens.refresh_token && tokens.directory && { directory: tokens.directory }),
  };
}

/** Tokens of a guest, in memory until the server is put in the list. */
export class MovableStore implements TokenStore {
  #inner: TokenStore;
  constructor(pair: KeptTokens) {
    this.#inner = memoryTokenStore(pair);
  }
  load = (): Promise<KeptTokens | undefined> => this.#inner.load();
  save = (pair: KeptTokens): Promise<void> => this.#inner.save(pair);
  clear = (): Promise<void> => this.#inner.clear();
  exclusive = <T>(work: () => Promise<T>): Promise<T> => this.#inner.exclusive(work);

  /** Goes on in another store. */
  async moveTo(next: TokenStore): Promise<void> {
    await this.exclusive(async () => {
      const pair = await this.load();
      if (pair !== undefined) await next.save(pair);
      this.#inner = next;
    });
  }
}
