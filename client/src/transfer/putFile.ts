import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { FarsideClient } from '../connection/index.ts';
import { describeFile } from './localFile.ts';
import { uploadFile } from './upload.ts';

export interface PutFile {
  readonly session: string;
  /** The local file. */
  readonly from: string;
  /** Where it goes, relative to the session's working directory, with `/`. */
  readonly path: string;
  /** Replace a file that is there. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  /** `hashing` reads the local file first. */
  readonly onProgress?: (step: 'hashing' | 'sending', bytes: number) => void;
  /** Where the addresses of uploads that broke off are kept; by default `~/.cache/farside/uploads`. */
  readonly memory?: string;
}

const HIDDEN_MODE = { mode: 0o600 };

/**
 * Sends a local file of any size in constant memory. When it breaks off, for whatever reason, the same call goes on
 * where it stopped; the file is in place whole, with the SHA-256 it has here, or not at all.
 */
export async function putFile(client: FarsideClient, job: PutFile): Promise<{ size: number; hash: string }> {
  const { session, from, path, overwrite = false, signal, onProgress } = job;
  const { size, hash } = await describeFile(from, signal, (bytes) => onProgress?.('hashing', bytes));
  const memory =
    job.memory ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'farside', 'uploads');
  const key = createHash('sha256')
    .update([client.url, session, path, hash, String(overwrite)].join('\n'))
    .digest('hex');
  const note = join(memory, key);
  const resume = await readFile(note, 'utf8').catch(() => undefined);
  // A cache that can not be written costs the going on, not the upload.
  let kept: Promise<void> | undefined;
  const keep = (address: string): void => {
    kept = mkdir(memory, { recursive: true, mode: 0o700 })
      .then(() => writeFile(note, address, HIDDEN_MODE))
      .catch(() => undefined);
  };
  const isSame =
    resume !== undefined && URL.canParse(resume) && new URL(resume).origin === new URL(client.url).origin;
  await uploadFile(client, {
    content: from,
    size,
    metadata: { session, path, hash, ...(overwrite && { overwrite: 'true' }) },
    signal,
    keep: true,
    ...(isSame && { resume }),
    onAddress: keep,
    onBytes: (bytes) => onProgress?.('sending', bytes),
  });
  await kept;
  await rm(note, { force: true });
  return { size, hash };
}
