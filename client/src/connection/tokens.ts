import type { KeptTokens } from '@farside/protocol';

/** Where the tokens of one sign-in at one server are kept. Several windows may share one store. */
export interface TokenStore {
  load(): Promise<KeptTokens | undefined>;
  save(pair: KeptTokens): Promise<void>;
  clear(): Promise<void>;
  /**
   * Runs `work` while no other window does. A refresh token is used once: whoever waited here must load again and
   * use what the window before it saved.
   */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
}

/** Tokens for the lifetime of this process. */
export function memoryTokenStore(initial?: KeptTokens): TokenStore {
  let pair = initial;
  let last: Promise<unknown> = Promise.resolve();
  return {
    load: () => Promise.resolve(pair),
    save: (next) => {
      pair = next;
      return Promise.resolve();
    },
    clear: () => {
      pair = undefined;
      return Promise.resolve();
    },
    exclusive: (work) => {
      const run = last.then(work, work);
      last = run.catch(() => undefined);
      return run;
    },
  };
}

/** A store for an access token given from outside, e.g. in an environment variable: it can not be renewed. */
export function fixedTokenStore(accessToken: string): TokenStore {
  return memoryTokenStore({
    token_type: 'Bearer',
    access_token: accessToken,
    expires_in: 0,
    expires_on: Number.MAX_SAFE_INTEGER,
    refresh_token: '',
  });
}
