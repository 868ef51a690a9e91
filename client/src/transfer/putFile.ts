import { resolve } from 'node:path';
import { FarsideError } from '@farside/protocol';
import type { FarsideClient } from '../connection/index.ts';
import { describeFile, factsOf } from './localFile.ts';
import { uploadFile } from './upload.ts';
import { UploadNote } from './uploadNote.ts';

export interface PutFile {
  readonly session: string;
  /** The local file. */
  readonly from: string;
  /** Where it goes, relative to the session's working directory, with `/`. */
  readonly path: string;
  /** Replace a file that is there. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  /** `hashing` reads the local file first, where that is needed. */
  readonly onProgress?: (step: 'hashing' | 'sending', bytes: number) => void;
  /** Where the addresses of uploads that broke off are kept; by default `~/.cache/farside/uploads`. */
  readonly memory?: string;
}

/** Files larger than this are hashed while they are sent; others are too soon there for it to matter. */
const HASHED_FIRST_BYTES = 16 * 1024 * 1024;

/**
 * Sends a local file of any size in constant memory. When it breaks off, for whatever reason, the same call goes on
 * where it stopped; the file is in place whole, with the SHA-256 it has here, or not at all.
 */
export async function putFile(client: FarsideClient, job: PutFile): Promise<{ size: number; hash: string }> {
  const { size, modified } = await factsOf(job.from);
  const describe = async (): Promise<string> => {
    const { signal, onProgress } = job;
    return (await describeFile(job.from, signal, (bytes) => onProgress?.('hashing', bytes))).hash;
  };
  if (size <= HASHED_FIRST_BYTES) {
    const hash = await describe();
    return { size, hash: await send(client, job, size, hash, { hash }) };
  }
  try {
    return { size, hash: await send(client, job, size, `${resolve(job.from)} ${size} ${modified}`, {}) };
  } catch (error) {
    // A file is there: whether it is the same one is known from its hash alone.
    if (!(error instanceof FarsideError) || error.code !== 'fileConflict') throw error;
    const hash = await describe();
    return { size, hash: await send(client, job, size, hash, { hash }) };
  }
}

/** One upload, or what is left of one that broke off; `content` tells one content from another. */
async function send(
  client: FarsideClient,
  job: PutFile,
  size: number,
  content: string,
  known: { readonly hash?: string },
): Promise<string> {
  const { session, from, path, overwrite = false, signal, onProgress } = job;
  const note = await UploadNote.of([client.url, session, path, content, String(overwrite)], job.memory);
  const isSame =
    note.address !== undefined &&
    URL.canParse(note.address) &&
    new URL(note.address).origin === new URL(client.url).origin;
  const hash = await uploadFile(client, {
    content: from,
    size,
    metadata: { session, path, ...known, ...(overwrite && { overwrite: 'true' }) },
    signal,
    keep: true,
    ...(isSame && { resume: note.address }),
    onAddress: (address) => note.keep(address),
    onBytes: (bytes) => onProgress?.('sending', bytes),
  });
  await note.forget();
  return hash;
}
