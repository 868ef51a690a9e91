import { FarsideError, REPR_DIGEST, fromErrorBody, reprDigest } from '@farside/protocol';
import type { DetailedError, HttpRequest, UploadOptions } from 'tus-js-client';
import type { FarsideClient } from '../connection/index.ts';
import { reasonOf } from '../connection/http.ts';
import { fileSource, type FileSource } from './fileSource.ts';
import { PieceSizes } from './pieceSizes.ts';
import { pieceStack } from './pieceStack.ts';
import { Stall } from './stall.ts';

/** Servers behind a proxy that takes small pieces only: later uploads begin with such. */
const behindSmallLimit = new WeakSet<FarsideClient>();
/** Waits between tries when the connection breaks inside an upload; it goes on where it stopped. */
const RETRY_DELAYS_MS = [250, 1000, 3000, 5000, 10_000, 15_000];
const BAD_REQUEST = 400;
/** An upload of which nothing moves for so long is given up. */
const STALL_TIMEOUT_MS = 60_000;

export interface UploadJob {
  /** What is sent: bytes, or the path of a local file of any size, which is read piece by piece. */
  readonly content: Uint8Array | string;
  /** Bytes of the content. */
  readonly size: number;
  /** The address of an upload of the same content that broke off: it goes on there, if the server has it still. */
  readonly resume?: string;
  /** Told the address under which this upload can be gone on with. */
  readonly onAddress?: (url: string) => void;
  /** When it is cancelled, what the server has stays there, to be gone on with. */
  readonly keep?: boolean;
  /**
   * As in protocol/endpoints: folder or session, path, hash, overwrite. Without a hash, which only a file in a session
   * may lack, it is computed on the way and sent along with the last bytes.
   */
  readonly metadata: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Waits longer or shorter than usual while nothing moves, in ms. */
  readonly stallMs?: number;
  readonly onBytes?: (sent: number) => void;
}

/** Sends one file by tus; goes on after a broken connection. Resolves with the hash that it has there. */
export async function uploadFile(client: FarsideClient, job: UploadJob): Promise<string> {
  // Loaded when first needed: the start of an editor should not pay for it.
  const { DefaultHttpStack, Upload } = await import('tus-js-client');
  return new Promise((resolve, reject) => {
    if (job.signal?.aborted) return reject(cancelled());
    const { content } = job;
    const file =
      typeof content === 'string'
        ? fileSource(content, job.size, (error) => giveUp(error, false))
        : undefined;
    const moves = (): void => stall.moves();
    const requests = requestsOf(client, job, file, { moves, options: () => upload.options });
    const upload = new Upload(asBuffer(content), {
      ...(file && { fileReader: file.reader, httpStack: pieceStack(new DefaultHttpStack({})) }),
      ...requests.options,
      endpoint: new URL('v2/uploads', client.url).href,
      metadata: { ...job.metadata },
      // An empty file is complete when it is created: there is nothing to send with it.
      uploadDataDuringCreation: job.size > 0 && job.onAddress === undefined,
      ...(job.resume !== undefined && { uploadUrl: job.resume }),
      onUploadUrlAvailable: () => void (upload.url && job.onAddress?.(upload.url)),
      storeFingerprintForResuming: false,
      retryDelays: RETRY_DELAYS_MS,
      onProgress: (sent) => {
        stall.moves(requests.handedOver(sent));
        job.onBytes?.(sent);
      },
      onError: (error) => finish(() => reject(uploadError(client.url, error))),
      onSuccess: () => finish(() => resolve(requests.hash())),
    });
    const giveUp = (error: FarsideError, forget: boolean): void => {
      void upload.abort(forget).catch(() => undefined);
      finish(() => reject(error));
    };
    const abort = (): void => giveUp(cancelled(), !job.keep);
    const late = (seconds: number): void =>
      giveUp(new FarsideError('timedOut', { what: 'The upload', seconds }), false);
    const stall = new Stall(job.stallMs ?? STALL_TIMEOUT_MS, late);
    const finish = (settle: () => void): void => {
      stall.end();
      file?.close();
      job.signal?.removeEventListener('abort', abort);
      settle();
    };
    job.signal?.addEventListener('abort', abort, { once: true });
    upload.start();
  });
}

/** How large each request is, what goes along with it, and whether it is made again. */
function requestsOf(
  client: FarsideClient,
  job: UploadJob,
  file: FileSource | undefined,
  current: { moves(): void; options(): UploadOptions },
) {
  const { size, metadata } = job;
  let hash = metadata['hash'] ?? '';
  const isHashedLate = file !== undefined && metadata['hash'] === undefined;
  const sizes = new PieceSizes(behindSmallLimit.has(client), isHashedLate);
  const tokens: Tokens = {};
  let body = { from: 0, to: 0 };
  const options: Partial<UploadOptions> = {
    chunkSize: sizes.next(size),
    onBeforeRequest: async (request) => {
      tokens.sent = await client.token(tokens.refused);
      request.setHeader('Authorization', `Bearer ${tokens.sent}`);
      body = bodyOf(request, current.options(), size);
      if (!isHashedLate || request.getMethod() !== 'PATCH' || body.to < size) return;
      hash = await file.hash(current.moves);
      request.setHeader(REPR_DIGEST, reprDigest(hash));
    },
    onAfterResponse: (request, answer) => {
      current.moves();
      if (request.getMethod() === 'PATCH' && answer.getStatus() < BAD_REQUEST) sizes.arrived();
      current.options().chunkSize = sizes.next(size - Number(answer.getHeader('Upload-Offset') ?? 0));
    },
    onShouldRetry: (error) => {
      const again = mayTryAgain(client, error, sizes, tokens);
      current.options().chunkSize = sizes.next(size);
      // What came with a creation whose answer is lost is lost too; under a known address it stays and is gone on with.
      if (statusOf(error) === 0) current.options().uploadDataDuringCreation = false;
      return again;
    },
  };
  /** How many bytes the system has of a request that is all handed over; `sent` counts the file's. */
  const handedOver = (sent: number): number => (sent >= body.to ? body.to - body.from : 0);
  return { options, hash: () => hash, handedOver };
}

/** Which bytes of the file a request carries. */
function bodyOf(request: HttpRequest, { chunkSize = 0 }: UploadOptions, size: number) {
  const from = Number(request.getHeader('Upload-Offset') ?? 0);
  return { from, to: Math.min(from + chunkSize, size) };
}

interface Tokens {
  sent?: string;
  refused?: string;
}

/** Whether another try makes sense; makes ready for it. */
function mayTryAgain(
  client: FarsideClient,
  error: DetailedError,
  sizes: PieceSizes,
  tokens: Tokens,
): boolean {
  const status = statusOf(error);
  if (status === 413 && !serverSays(error) && sizes.tooLarge()) {
    behindSmallLimit.add(client);
    return true;
  }
  if (status === 0) sizes.broken();
  // A new token once for each token that was refused.
  if (status === 401 && tokens.sent !== tokens.refused) {
    tokens.refused = tokens.sent;
    return true;
  }
  // A full disk is a matter of minutes at least: said at once, and gone on with by the next call.
  if (status === 507) return false;
  return status === 0 || status >= 500 || status === 409 || status === 423;
}

/** A path stands for itself: our reader knows it. */
const asBuffer = (content: Uint8Array | string): Buffer =>
  typeof content === 'string'
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength);

const cancelled = (): FarsideError => new FarsideError('cancelled', { what: 'The upload' });

const isDetailed = (error: unknown): error is DetailedError =>
  error instanceof Error && 'originalRequest' in error;

function statusOf(error: unknown): number {
  return isDetailed(error) ? (error.originalResponse?.getStatus() ?? 0) : 0;
}

/** The server's own error; what a proxy answers is none. */
const serverSays = (error: DetailedError): FarsideError | undefined =>
  fromErrorBody(parse(error.originalResponse?.getBody()));

/** The library's own error is not kept as the cause: it holds the request with its token. */
function uploadError(url: string, error: unknown): FarsideError {
  if (error instanceof FarsideError) return error;
  if (!isDetailed(error)) return new FarsideError('unreachable', { url, reason: reasonOf(error) });
  const known = serverSays(error);
  if (known) return known;
  const status = statusOf(error);
  if (status === 0)
    return new FarsideError('unreachable', { url, reason: reasonOf(error.causingError ?? error) });
  return new FarsideError('unreachable', { url, reason: `the upload was answered with HTTP ${status}` });
}

function parse(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
