import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const HIDDEN_MODE = { mode: 0o600 };

/** Where the address of an upload is kept, so that it can be gone on with by another process. */
export class UploadNote {
  readonly #file: string;
  /** Of an upload that broke off. */
  readonly address: string | undefined;
  #kept: Promise<void> | undefined;

  private constructor(file: string, address: string | undefined) {
    this.#file = file;
    this.address = address;
  }

  /** `about`: what makes it this upload and no other. `memory`: a directory, by default `~/.cache/farside/uploads`. */
  static async of(about: readonly string[], memory?: string): Promise<UploadNote> {
    const directory =
      memory ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'farside', 'uploads');
    const file = join(directory, createHash('sha256').update(about.join('\n')).digest('hex'));
    return new UploadNote(file, await readFile(file, 'utf8').catch(() => undefined));
  }

  /** A cache that can not be written costs the going on, not the upload. */
  keep(address: string): void {
    this.#kept = mkdir(join(this.#file, '..'), { recursive: true, mode: 0o700 })
      .then(() => writeFile(this.#file, address, HIDDEN_MODE))
      .catch(() => undefined);
  }

  async forget(): Promise<void> {
    await this.#kept;
    await rm(this.#file, { force: true });
  }
}
