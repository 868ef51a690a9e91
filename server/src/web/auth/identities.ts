import { FarsideError, type SignInMethods } from '@farside/protocol';
import type { Directory } from './directory/directory.ts';
import { decode } from './directory/token.ts';
import type { SignIns } from './signIns.ts';

/** Who an access token belongs to. */
export interface Identity {
  /** What everything of this user belongs to. */
  readonly user: string;
  /** How people write the user's name. */
  readonly shown: string;
  readonly admin: boolean;
  /** What ends together: the tokens of one sign-in. */
  readonly family: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

export interface IdentitiesOptions {
  readonly signIns: SignIns;
  readonly localAccounts: boolean;
  readonly directory?: Directory;
}

/** Tells who sends a token, whoever gave it: this server or a directory. */
export class Identities {
  readonly #options: IdentitiesOptions;
  constructor(options: IdentitiesOptions) {
    this.#options = options;
  }

  get methods(): SignInMethods {
    const { localAccounts, directory } = this.#options;
    return { password: localAccounts, ...(directory && { directory: directory.place }) };
  }

  /** See {@link Directory.failure}. */
  get directoryFailure(): string | undefined {
    return this.#options.directory?.failure;
  }

  /** Throws `localAccountsOff` where there are none to sign in with. */
  requireLocalAccounts(): void {
    const { localAccounts, directory } = this.#options;
    if (localAccounts) return;
    const { authority = '', tenant = '' } = directory?.place ?? {};
    throw new FarsideError('localAccountsOff', { authority, tenant });
  }

  /** Throws `notSignedIn`, `tokenRefused` or `directoryDown`. */
  async verify(token: string): Promise<Identity> {
    const { signIns, localAccounts, directory } = this.#options;
    // What the token says decides only who is asked; whoever it is checks all of it.
    if (directory && (!localAccounts || !isOurs(token))) {
      const { id, shown, expires } = await directory.verify(token);
      return { user: id, shown, admin: false, family: id, expires };
    }
    const { user, family, expires, admin } = await signIns.verify(token);
    return { user, shown: user, admin, family, expires };
  }
}

const isOurs = (token: string): boolean => decode(token.slice(0, MAX_LOOKED_AT), 0)?.['alg'] === 'HS512';
/** Ours have some 300 characters. */
const MAX_LOOKED_AT = 4_096;
