import { FarsideClient, memoryTokenStore, type TokenStore } from '@farside/client';
import type { HandoverTokens, TokenPair } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';

/** Where the session of local R is seen: `own` of a server of the list, `adopted` there, or a guest of this window. */
export type Ownership = 'listed' | 'adopted' | 'guest';

/** The sign-in that mrsdeploy made in one local R; from the handover on it is renewed here. */
export class RSignIn {
  readonly url: string;
  readonly server: ServerConnection;
  readonly ownership: Ownership;
  readonly #store: TokenStore;
  readonly #client: FarsideClient;

  constructor(url: string, store: TokenStore, server: ServerConnection, ownership: Ownership) {
    this.url = url;
    this.server = server;
    this.ownership = ownership;
    this.#store = store;
    this.#client = new FarsideClient({ url, tokens: store });
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
    if (this.ownership === 'adopted') await this.server.signOut();
    else await this.#client.signOut();
    this.#client.dispose();
  }

  dispose(): void {
    this.#client.dispose();
  }
}

/** Tokens as R gives them; without a refresh token they are used until they are refused. */
export function pairOf(tokens: HandoverTokens): TokenPair {
  const now = Math.floor(Date.now() / 1000);
  const until = tokens.expires_on ?? now;
  return {
    token_type: 'Bearer',
    access_token: tokens.access_token,
    expires_in: Math.max(0, until - now),
    expires_on: until,
    refresh_token: tokens.refresh_token ?? '',
  };
}

/** Tokens of a guest, in memory until the server is put in the list. */
export class MovableStore implements TokenStore {
  #inner: TokenStore;
  constructor(pair: TokenPair) {
    this.#inner = memoryTokenStore(pair);
  }
  load = (): Promise<TokenPair | undefined> => this.#inner.load();
  save = (pair: TokenPair): Promise<void> => this.#inner.save(pair);
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
