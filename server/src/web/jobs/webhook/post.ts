import { createHmac } from 'node:crypto';
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isInternal } from './addresses.ts';

/** From the name's resolution to the status: whoever takes longer has not taken the message. */
export const POST_MS = 10_000;
export const SIGNATURE_HEADER = 'Farside-Signature';

/** What came of one try. `refused` will not be better the next time. */
export type Posted = { state: 'delivered' } | { state: 'failed' | 'refused'; reason: string };

/** Resolves a name to all its addresses; of the system where nobody says otherwise. */
export type Resolve = (
  name: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface PostOptions {
  readonly key: string;
  readonly internal: boolean;
  readonly signal: AbortSignal;
  readonly resolve?: Resolve;
  readonly limitMs?: number;
}

/** Sends a message once. Redirects are not followed: they could lead where nobody allowed. */
export async function post(url: URL, body: string, options: PostOptions): Promise<Posted> {
  const timeout = AbortSignal.timeout(options.limitMs ?? POST_MS);
  const signal = AbortSignal.any([options.signal, timeout]);
  try {
    return judge(await statusOf(url, body, { ...options, signal }));
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeout.aborted) return { state: 'failed', reason: 'it did not answer in time' };
    const reason = error instanceof Error ? error.message || codeOf(error) : String(error);
    return { state: error instanceof InternalAddress ? 'refused' : 'failed', reason };
  }
}

class InternalAddress extends Error {
  constructor() {
    super('its host leads to an internal address');
  }
}

function statusOf(url: URL, body: string, { key, internal, signal, resolve }: PostOptions): Promise<number> {
  const options: RequestOptions = {
    method: 'POST',
    signal,
    // A connection of its own: the address that is checked is the one that is connected to.
    agent: false,
    lookup: guarded(resolve ?? systemLookup, internal),
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'farside',
      [SIGNATURE_HEADER]: signatureOf(body, key),
    },
  };
  return new Promise((done, failed) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
    request.on('response', (response) => {
      done(response.statusCode ?? 0);
      // Whatever the answer says besides, nobody reads it.
      response.on('error', () => undefined);
      request.destroy();
    });
    request.on('error', failed);
    request.end(body);
  });
}

export const signatureOf = (body: string, key: string): string =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;

/** All addresses of a name must be public: which of them is taken is not ours to know. */
function guarded(resolve: Resolve, internal: boolean): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { all: true }, (error, found) => {
      if (error) return callback(error, '');
      if (!internal && found.some(({ address }) => isInternal(address)))
        return callback(new InternalAddress(), '');
      const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : options.family;
      const fit = found.filter((one) => !family || one.family === family);
      const [first] = fit;
      if (!first)
        return callback(Object.assign(new Error(`${name} has no address`), { code: 'ENOTFOUND' }), '');
      if (options.all) callback(null, fit);
      else callback(null, first.address, first.family);
    });
  };
}

const RETRYABLE_CLIENT_ERRORS: readonly number[] = [408, 425, 429];

function judge(status: number): Posted {
  if (status >= 200 && status < 300) return { state: 'delivered' };
  const reason = `it answered with status ${status}`;
  if (status >= 300 && status < 400)
    return { state: 'refused', reason: `${reason}; redirects are not followed` };
  const isRetryable = status >= 500 || RETRYABLE_CLIENT_ERRORS.includes(status);
  return { state: isRetryable ? 'failed' : 'refused', reason };
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : 'no connection');
