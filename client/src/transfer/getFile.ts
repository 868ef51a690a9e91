import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FarsideError } from '@farside/protocol';
import { bodyOf } from '../connection/http.ts';
import type { FarsideClient } from '../connection/index.ts';
import { FileSink } from './fileSink.ts';
import { feed, localError } from './localFile.ts';

export interface GetFile {
  readonly session: string;
  /** Relative to the session's working directory, with `/`. */
  readonly path: string;
  /** The local file; its folder is there. */
  readonly to: string;
  readonly signal?: AbortSignal;
  /** Bytes that are here, of so many. */
  readonly onProgress?: (bytes: number, size: number) => void;
}

/** A server may read a very large file for its hash before it answers. */
const DIGEST_MS = 30 * 60_000;
/** Waits between tries when nothing came since the last one. */
const AGAIN_MS = [250, 1_000, 3_000, 5_000, 10_000];
const NAME_SHOWN = 100;

/**
 * Fetches a file of any size in constant memory, beside its place first. When it breaks off, the same call goes on
 * where it stopped; the file is in place whole, with the SHA-256 it has there, or not at all.
 */
export async function getFile(client: FarsideClient, job: GetFile): Promise<{ size: number; hash: string }> {
  const { session, path, to, signal } = job;
  const params = { id: session, path };
  const about = await client.call('digest', { params, signal, timeoutMs: DIGEST_MS });
  // Named by what it will hold: another version of the file begins anew.
  const part = join(dirname(to), `.${basename(to).slice(0, NAME_SHOWN)}.${about.hash.slice(0, 16)}.part`);
  const seen: Seen = { hash: createHash('sha256'), size: 0 };
  for (let failed = 0; ; failed++) {
    const before = await sizeOf(part);
    if (before >= about.size && about.size > 0) break;
    try {
      await receive(client, job, { part, before, size: about.size }, seen);
      break;
    } catch (error) {
      if ((await sizeOf(part)) > before) failed = 0;
      const wait = AGAIN_MS[failed];
      if (signal?.aborted || wait === undefined || !(error instanceof FarsideError) || !error.retryable)
        throw error;
      await delay(wait);
    }
  }
  const { size, hash } = await wholeOf(part, about.size, seen, signal);
  if (size !== about.size || hash !== about.hash) {
    await rm(part, { force: true });
    throw new FarsideError('downloadDamaged', { path });
  }
  await rename(part, to).catch((error: unknown) => {
    throw localError(to, error);
  });
  return { size, hash };
}

interface Part {
  readonly part: string;
  /** Bytes that are here already. */
  readonly before: number;
  readonly size: number;
}

/** What this call received from the beginning on, hashed as it came: a file that came whole need not be read again. */
interface Seen {
  hash: Hash;
  size: number;
}

async function receive(
  client: FarsideClient,
  job: GetFile,
  { part, before, size }: Part,
  seen: Seen,
): Promise<void> {
  const { session, path, signal, onProgress } = job;
  const headers: Record<string, string> = before > 0 ? { range: `bytes=${before}-` } : {};
  const response = await client.download('file', { params: { id: session, path }, headers, signal });
  const goesOn = response.status === 206;
  // What came before a break is written: the next try goes on after it.
  const file = await open(part, goesOn ? 'r+' : 'w', 0o600).catch((error: unknown) => {
    throw localError(part, error);
  });
  let here = goesOn ? before : 0;
  if (here === 0) Object.assign(seen, { hash: createHash('sha256'), size: 0 });
  const sink = new FileSink(file, here);
  try {
    for await (const bytes of bodyOf({ url: client.url }, response, { signal })) {
      if (seen.size === here) {
        seen.hash.update(bytes);
        seen.size += bytes.length;
      }
      here += bytes.length;
      onProgress?.(here, size);
      const taken = sink.take(bytes);
      if (taken) await onDisk(part, taken);
    }
  } finally {
    await onDisk(
      part,
      sink.end().finally(() => file.close()),
    );
  }
  // A proxy that gives up may end a reply as if it were whole.
  if (here < size) throw new FarsideError('unreachable', { url: client.url, reason: 'the reply broke off' });
}

const onDisk = (part: string, work: Promise<void>): Promise<void> =>
  work.catch((error: unknown) => {
    throw localError(part, error);
  });

async function wholeOf(
  part: string,
  expected: number,
  seen: Seen,
  signal?: AbortSignal,
): Promise<{ size: number; hash: string }> {
  if (seen.size === expected) return { size: expected, hash: seen.hash.digest('hex') };
  const hash = createHash('sha256');
  const size = await feed(hash, part, Number.POSITIVE_INFINITY, signal);
  return { size, hash: hash.digest('hex') };
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
