import { setTimeout as delay } from 'node:timers/promises';
import { FarsideError } from '@farside/protocol';
import type { Logger } from 'pino';
import type { Metadata } from './metadata.ts';

/** Looked at again after this while it is used, so that a withdrawn key stops working. */
const FRESH_MS = 10 * 60_000;
/** A directory that is down is no reason to sign everybody out, but not for ever. */
const KEEP_MS = 24 * 60 * 60_000;
/** A key nobody knows makes us look again: for all of them together no more often than this. */
const SPACING_MS = 5_000;
/** So long a key that was looked for in vain is refused without looking. */
const UNKNOWN_MS = 20_000;
/** Key ids come from whoever sends a token. */
const MAX_UNKNOWN = 1_000;

export interface DirectoryKeysOptions {
  readonly load: () => Promise<Metadata>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly now?: () => number;
  readonly spacingMs?: number;
}

/** The directory's metadata and signing keys, as fresh as they have to be. */
export class DirectoryKeys {
  readonly #options: DirectoryKeysOptions;
  readonly #now: () => number;
  readonly #unknown = new Map<string, number>();
  #known: { metadata: Metadata; at: number } | undefined;
  #lastTry = -Infinity;
  #loading: Promise<void> | undefined;
  #failure: string | undefined;

  constructor(options: DirectoryKeysOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Why the last look failed; undefined when it did not. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Looks for the first time, without anybody waiting; a failure is in the log. */
  preload(): void {
    void this.#reload().catch(() => undefined);
  }

  /**
   * The metadata with the key of this id, or without it when the directory does not have it.
   * Throws `directoryDown` when nobody can say.
   */
  async withKey(kid: string): Promise<Metadata> {
    const known = this.#usable();
    if (known?.keys.has(kid)) {
      this.#lookAgainSoon();
      return known;
    }
    if (known && this.#isKnownMissing(kid)) return known;
    await this.#reload();
    const fresh = this.#usable();
    if (!fresh) throw new FarsideError('directoryDown', { reason: 'the directory did not answer' });
    if (!fresh.keys.has(kid)) this.#remember(kid);
    return fresh;
  }

  #usable(): Metadata | undefined {
    const known = this.#known;
    return known && this.#now() - known.at < KEEP_MS ? known.metadata : undefined;
  }

  #lookAgainSoon(): void {
    const age = this.#now() - (this.#known?.at ?? 0);
    // After a failure, too, only so often.
    if (age > FRESH_MS && this.#now() - this.#lastTry > FRESH_MS / 10) this.preload();
  }

  #isKnownMissing(kid: string): boolean {
    const looked = this.#unknown.get(kid);
    return looked !== undefined && this.#now() - looked < UNKNOWN_MS;
  }

  #remember(kid: string): void {
    this.#unknown.delete(kid);
    this.#unknown.set(kid, this.#now());
    if (this.#unknown.size > MAX_UNKNOWN) this.#unknown.delete(this.#unknown.keys().next().value ?? '');
  }

  /** Who comes while a look is to begin shares it. */
  #reload(): Promise<void> {
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #load(): Promise<void> {
    const { load, log, spacingMs = SPACING_MS } = this.#options;
    const wait = this.#lastTry + spacingMs - this.#now();
    if (wait > 0) await delay(wait, undefined, { ref: false });
    this.#lastTry = this.#now();
    try {
      const metadata = await load();
      this.#known = { metadata, at: this.#now() };
      this.#failure = undefined;
      log.info({ keys: metadata.keys.size, issuers: metadata.issuers }, 'directory metadata');
    } catch (error) {
      this.#failure = error instanceof FarsideError ? error.message : 'unexpected error';
      log.warn({ err: error }, 'directory metadata');
      throw error;
    }
  }
}
