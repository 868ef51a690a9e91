import {
  ENDPOINTS,
  FarsideError,
  fillPath,
  fromErrorBody,
  type Endpoint,
  type EndpointName,
  type ReplyOf,
} from '@farside/protocol';
import { watched } from './stall.ts';

/** How long a server may take to answer the head of a reply. Longer work is cancelled by the caller's signal. */
const REPLY_TIMEOUT_MS = 60_000;
/** A reply that was begun and does not go on for so long is given up. */
const STALL_TIMEOUT_MS = 30_000;
/** Replies of a gateway that stands before a server that is down. */
const GATEWAY_STATUS = new Set([502, 503, 504]);

export interface CallOptions {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Waits longer or shorter than usual for the head of the reply. */
  readonly timeoutMs?: number;
  /** Waits longer or shorter than usual for the next piece of a reply that has begun. */
  readonly stallMs?: number;
}

export interface HttpOptions {
  readonly url: string;
  readonly userAgent: string;
}

/** One request, without any sign-in logic. Rejects with a {@link FarsideError} only. */
export async function request(
  http: HttpOptions,
  name: EndpointName,
  options: CallOptions,
  token?: string,
): Promise<Response> {
  const endpoint: Endpoint = ENDPOINTS[name];
  const url = new URL(fillPath(endpoint.path, options.params ?? {}).slice(1), http.url);
  for (const [key, value] of Object.entries(options.query ?? {}))
    if (value !== undefined) url.searchParams.set(key, String(value));
  const headers = new Headers({
    accept: 'application/json, */*',
    'user-agent': http.userAgent,
    ...options.headers,
  });
  if (token) headers.set('authorization', `Bearer ${token}`);
  const init: RequestInit = { method: endpoint.method, headers };
  if (options.body !== undefined) init.body = encodeBody(options.body, headers);
  const response = await send(http.url, url, init, options);
  if (response.ok) return response;
  throw await replyError(http, response, options);
}

/** Reads and checks the reply of an endpoint against its schema. */
export async function readReply<N extends EndpointName>(
  http: HttpOptions,
  name: N,
  response: Response,
  options: CallOptions = {},
): Promise<ReplyOf<N>> {
  const { reply }: Endpoint = ENDPOINTS[name];
  const body = await readWhole(http, response, options);
  if (reply === 'none' || reply === 'bytes') return body as ReplyOf<N>;
  try {
    const parsed = reply.safeParse(JSON.parse(new TextDecoder().decode(body)));
    if (parsed.success) return parsed.data as ReplyOf<N>;
  } catch (cause) {
    throw new FarsideError('notFarside', { url: http.url }, { cause });
  }
  throw new FarsideError('notFarside', { url: http.url });
}

/**
 * The body of a reply as it comes. A pause longer than the stall limit, a broken connection and the caller's signal
 * end it with a {@link FarsideError}; whoever stops reading closes the connection.
 */
export async function* bodyOf(
  http: Pick<HttpOptions, 'url'>,
  response: Response,
  { signal, stallMs = STALL_TIMEOUT_MS }: CallOptions = {},
): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = watched(response.body.getReader(), stallMs, signal);
  try {
    for (;;) {
      const part = await reader.next();
      if (part === undefined) return;
      yield part;
    }
  } catch (cause) {
    if (cause instanceof FarsideError) throw cause;
    throw new FarsideError('unreachable', { url: http.url, reason: reasonOf(cause) }, { cause });
  } finally {
    reader.close();
  }
}

async function readWhole(http: HttpOptions, response: Response, options: CallOptions): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bodyOf(http, response, options)) parts.push(part);
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function encodeBody(body: unknown, headers: Headers): RequestInit['body'] {
  if (body instanceof FormData) return body;
  if (body instanceof Uint8Array) {
    headers.set('content-type', 'application/octet-stream');
    return body as Uint8Array<ArrayBuffer>;
  }
  headers.set('content-type', 'application/json');
  return JSON.stringify(body);
}

async function send(server: string, url: URL, init: RequestInit, options: CallOptions): Promise<Response> {
  const limit = options.timeoutMs ?? REPLY_TIMEOUT_MS;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), limit);
  const signals = options.signal ? [options.signal, timeout.signal] : [timeout.signal];
  try {
    return await fetch(url, { ...init, signal: AbortSignal.any(signals) });
  } catch (cause) {
    if (options.signal?.aborted) throw new FarsideError('cancelled', { what: 'The request' }, { cause });
    if (timeout.signal.aborted)
      throw new FarsideError('timedOut', { what: 'The request', seconds: limit / 1000 }, { cause });
    throw new FarsideError('unreachable', { url: server, reason: reasonOf(cause) }, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function replyError(
  http: HttpOptions,
  response: Response,
  options: CallOptions,
): Promise<FarsideError> {
  const body = await readWhole(http, response, options).catch(() => new Uint8Array());
  const known = fromErrorBody(parseJson(new TextDecoder().decode(body)));
  if (known) return known;
  const { url } = http;
  if (GATEWAY_STATUS.has(response.status))
    return new FarsideError('unreachable', { url, reason: `the proxy says HTTP ${response.status}` });
  return new FarsideError('notFarside', { url });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The innermost message: fetch hides "connect ECONNREFUSED" behind "fetch failed". */
export function reasonOf(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (current instanceof AggregateError && current.errors[0] instanceof Error) current = current.errors[0];
  return current instanceof Error ? current.message || current.name : String(current);
}
