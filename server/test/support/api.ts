import { ENDPOINTS, fillPath, type EndpointName, type TokenPair } from '@farside/protocol';
import type { TestServer } from './server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The body as JSON. */
  json<T>(): T;
}
export interface AskOptions {
  readonly params?: Record<string, string | number>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly raw?: RequestInit;
}

/** A signed-in caller of the REST API, as thin as can be: tests look at what the server says. */
export interface Api {
  readonly url: string;
  readonly tokens: TokenPair;
  ask(name: EndpointName, options?: AskOptions): Promise<Answer>;
}

export async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const reply = await fetch(url, init);
  const bytes = new Uint8Array(await reply.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  return { status: reply.status, headers: reply.headers, text, bytes, json: <T>() => JSON.parse(text) as T };
}

/** Calls an endpoint without a sign-in, or with any token. */
export function ask(
  url: string,
  name: EndpointName,
  options: AskOptions = {},
  token?: string,
): Promise<Answer> {
  const { method, path } = ENDPOINTS[name];
  const query = options.query ? `?${new URLSearchParams(options.query).toString()}` : '';
  const headers = new Headers(options.raw?.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  return request(url + fillPath(path, options.params ?? {}) + query, {
    method,
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    ...options.raw,
    headers,
  });
}

export async function signIn(
  server: Pick<TestServer, 'url' | 'username' | 'password'>,
  username = server.username,
  password = server.password,
): Promise<Api> {
  const { url } = server;
  const answer = await ask(url, 'login', { body: { username, password } });
  if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.text}`);
  const tokens = answer.json<TokenPair>();
  return { url, tokens, ask: (name, options) => ask(url, name, options, tokens.access_token) };
}

/** A new session's id. */
export async function newSession(api: Api, body: object = {}): Promise<string> {
  const answer = await api.ask('startSession', { body });
  if (answer.status !== 201) throw new Error(`no session: ${answer.text}`);
  return answer.json<{ id: string }>().id;
}
