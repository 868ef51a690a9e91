import { FarsideError, type Directory as Place } from '@farside/protocol';
import type { Logger } from 'pino';
import { azureAd, type CheckToken } from '../azureAd.ts';
import type { DirectoryConfig } from './config.ts';
import { DirectoryKeys } from './keys.ts';
import { loadMetadata } from './metadata.ts';
import { keyIdOf, refused, userOf, whyRefused, type DirectoryUser } from './token.ts';

export interface DirectoryDeps {
  readonly config: DirectoryConfig;
  readonly keys: DirectoryKeys;
  readonly check: CheckToken;
  readonly log: Pick<Logger, 'info'>;
  readonly now?: () => number;
}

/** People of Entra ID / Azure AD, known by the access tokens it gives them. No token is kept or logged. */
export class Directory {
  readonly #deps: DirectoryDeps;
  /** Who was seen by this process: once each, the log says which id is whom. */
  readonly #seen = new Map<string, string>();

  constructor(deps: DirectoryDeps) {
    this.#deps = deps;
  }

  /** What clients need to know to get a token. */
  get place(): Place {
    const { authority, tenant, clientId, resource, scope } = this.#deps.config;
    return { authority, tenant, ...(clientId !== undefined && { clientId }), resource, scope };
  }

  /** Why nothing could be learned from the directory when it was last asked; undefined when all is well. */
  get failure(): string | undefined {
    return this.#deps.keys.failure;
  }

  /** Whose access token this is. Throws `tokenRefused`, or `directoryDown` when nobody can say. */
  async verify(token: string): Promise<DirectoryUser> {
    const { config, keys, check, log, now = Date.now } = this.#deps;
    try {
      const kid = keyIdOf(token);
      const metadata = await keys.withKey(kid);
      if (!metadata.keys.has(kid)) throw refused('its key is not one of the directory’s');
      const claims = await check(token, kid, metadata);
      if (!claims) throw whyRefused(token, config, metadata, now());
      const user = userOf(claims, config, metadata, now());
      this.#note(user);
      return user;
    } catch (error) {
      // The administrator reads here what the user can only guess.
      if (error instanceof FarsideError && error.code === 'tokenRefused')
        log.info({ reason: error.details['reason'] }, 'directory token refused');
      throw error;
    }
  }

  #note({ id, shown }: DirectoryUser): void {
    if (this.#seen.get(id) === shown) return;
    this.#seen.set(id, shown);
    this.#deps.log.info({ user: id, shown }, 'directory user');
  }
}

/** The directory of a server; its metadata is asked for at once, but a server starts without it. */
export async function openDirectory(config: DirectoryConfig, log: Logger): Promise<Directory> {
  const keys = new DirectoryKeys({ load: () => loadMetadata(config), log });
  const check = await azureAd(config);
  keys.preload();
  return new Directory({ config, keys, check, log });
}
