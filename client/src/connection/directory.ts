import { setTimeout as delay } from 'node:timers/promises';
import { FarsideError, type Directory, type KeptTokens } from '@farside/protocol';
import { reasonOf } from './http.ts';

const REQUEST_TIMEOUT_MS = 20_000;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const DEFAULT_INTERVAL_S = 5;
const DEFAULT_EXPIRES_S = 900;

/** Services of Microsoft that every account has much to lose at: a server that wants a token for them wants to steal it. */
const FOREIGN =
  /^(https:\/\/([^/]*\.)?(microsoft|windows|office|azure|sharepoint|live|outlook|microsoftonline)[^/]*(\/|$)|(api:\/\/|spn:)?(0000000[0-9a-f]-0000-0000-c000-000000000000|797f4846-ba00-4fd7-ba43-dac1f8f63013|cfa8b339-82a2-471a-a3c9-0fc0be7a4093|e406a681-f3d4-42a8-90b6-c2b029497af1))/i;

/** What to show to whoever signs in. */
export interface DeviceCode {
  readonly url: string;
  readonly code: string;
}

type Answer = Readonly<Record<string, unknown>>;
type Kept = NonNullable<KeptTokens['directory']>;

/** Refusals of a directory that has a problem of its own (RFC 6749, 4.1.2.1), not with the sign-in. */
const TEMPORARY: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

/** What a server says of its directory is not believed in everything. Throws `directorySignIn`. */
export function checkDirectory(directory: Directory): void {
  const { authority, tenant, resource, scope } = directory;
  const url = URL.canParse(authority) ? new URL(authority) : undefined;
  if (url?.protocol !== 'https:' || url.username || !/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(tenant))
    throw failed(directory, 'the server does not name a directory properly');
  if (FOREIGN.test(resource) || scope.split(' ').some((one) => FOREIGN.test(one)))
    throw failed(directory, 'the server asks for a token for Microsoft’s own services, not for itself');
}

/** Signs in by a code that is entered on any device. Rejects with `directorySignIn`, `unreachable` or `cancelled`. */
export async function signInByDevice(
  directory: Directory,
  show: (code: DeviceCode) => void,
  signal?: AbortSignal,
): Promise<KeptTokens> {
  checkDirectory(directory);
  const clientId = clientOf(directory);
  const { device_authorization_endpoint: device, token_endpoint: tokens } = await discover(directory, signal);
  if (typeof device !== 'string') throw failed(directory, 'it has no sign-in by code');
  const codes = await ask(directory, device, { client_id: clientId, scope: scopes(directory) }, signal);
  const { device_code: code, user_code: userCode, verification_uri: url } = codes;
  // Shown in a terminal: nothing but what an address and a code are made of.
  const showable = isHttps(url) && /^[\x21-\x7e]+$/.test(url) && /^[\w-]{1,64}$/.test(String(userCode));
  if (typeof code !== 'string' || typeof userCode !== 'string' || !showable)
    throw failed(directory, explain(codes) ?? 'it gave no code');
  show({ url, code: userCode });
  let interval = seconds(codes['interval'], DEFAULT_INTERVAL_S);
  const ends = Date.now() + seconds(codes['expires_in'], DEFAULT_EXPIRES_S) * 1000;
  while (Date.now() < ends) {
    await delay(interval * 1000, undefined, { signal }).catch(() => undefined);
    if (signal?.aborted) throw new FarsideError('cancelled', { what: 'Signing in' });
    const form = { grant_type: DEVICE_GRANT, client_id: clientId, device_code: code };
    const answer = await ask(directory, String(tokens), form, signal);
    if (answer['error'] === undefined) return kept(directory, answer);
    if (answer['error'] === 'slow_down') interval += DEFAULT_INTERVAL_S;
    else if (answer['error'] !== 'authorization_pending')
      throw failed(directory, explain(answer) ?? 'no reason was given');
  }
  throw failed(directory, 'the code was not entered in time');
}

/**
 * By the refresh token. Rejects with `directoryRefused` when the directory does not take it any more, and with what may
 * be tried again when it is in trouble: a gateway's page of an hour must not sign anybody out.
 */
export async function renewAtDirectory(old: KeptTokens): Promise<KeptTokens> {
  const { directory } = old;
  if (!directory || old.refresh_token === '') throw new FarsideError('notSignedIn');
  checkDirectory(directory);
  try {
    return await refresh(directory, old);
  } catch (error) {
    if (!(error instanceof FarsideError) || error.code !== 'directorySignIn') throw error;
    throw new FarsideError('directoryDown', { reason: trimDot(error.message) }, { cause: error });
  }
}

async function refresh(directory: Kept, old: KeptTokens): Promise<KeptTokens> {
  const { token_endpoint: tokens } = await discover(directory);
  const form = {
    grant_type: 'refresh_token',
    client_id: clientOf(directory),
    scope: scopes(directory),
    refresh_token: old.refresh_token,
  };
  const answer = await ask(directory, String(tokens), form);
  const reason = explain(answer) ?? 'no reason was given';
  if (TEMPORARY.has(String(answer['error']))) throw failed(directory, reason);
  if (answer['error'] !== undefined) throw new FarsideError('directoryRefused', { reason });
  return kept(directory, { refresh_token: old.refresh_token, ...answer });
}

async function discover(directory: Directory, signal?: AbortSignal): Promise<Answer> {
  const { authority, tenant } = directory;
  const url = `${authority.replace(/\/+$/, '')}/${tenant}/v2.0/.well-known/openid-configuration`;
  const found = await ask(directory, url, undefined, signal);
  if (!isHttps(found['token_endpoint'])) throw failed(directory, 'it does not say where to sign in');
  return found;
}

/** The JSON of an answer, also of a refusal. */
async function ask(
  directory: Directory,
  url: string,
  form?: Record<string, string>,
  signal?: AbortSignal,
): Promise<Answer> {
  if (!isHttps(url)) throw failed(directory, 'it names an address that is not https');
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  try {
    const reply = await fetch(url, {
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const body: unknown = await reply.json();
    const isRefusal = typeof body === 'object' && body !== null && 'error' in body;
    if (typeof body === 'object' && body !== null && (reply.ok || isRefusal)) return body as Answer;
    throw failed(directory, `it answered with HTTP ${reply.status}`);
  } catch (cause) {
    if (cause instanceof FarsideError) throw cause;
    if (signal?.aborted) throw new FarsideError('cancelled', { what: 'Signing in' }, { cause });
    if (cause instanceof SyntaxError) throw failed(directory, 'it did not answer with JSON');
    throw new FarsideError('unreachable', { url: directory.authority, reason: reasonOf(cause) }, { cause });
  }
}

function kept(directory: Kept, answer: Answer): KeptTokens {
  const { access_token: token, refresh_token: refresh } = answer;
  if (typeof token !== 'string') throw failed(directory, 'it gave no access token');
  const expires = seconds(answer['expires_in'], 0);
  return {
    token_type: 'Bearer',
    access_token: token,
    expires_in: expires,
    expires_on: Math.floor(Date.now() / 1000) + expires,
    refresh_token: typeof refresh === 'string' ? refresh : '',
    directory,
  };
}

/** offline_access: a token to renew with. */
const scopes = ({ scope }: Directory): string => `${scope} openid profile offline_access`;

function clientOf(directory: Directory): string {
  if (!directory.clientId)
    throw failed(directory, 'the server names no application to sign in with (--aad-client-id)');
  return directory.clientId;
}

/** The first line of what the directory says; the others are numbers for its support. */
function explain({ error, error_description: text }: Answer): string | undefined {
  const said = typeof text === 'string' ? text : typeof error === 'string' ? error : undefined;
  return said
    ?.split(/[\r\n]/, 1)[0]
    ?.replace(/\p{Cc}/gu, '')
    .replace(/\.$/, '')
    .slice(0, 300);
}

const trimDot = (text: string): string => text.replace(/\.$/, '');

const isHttps = (url: unknown): url is string => typeof url === 'string' && url.startsWith('https://');
const seconds = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fallback;
const failed = ({ authority }: Directory, reason: string): FarsideError =>
  new FarsideError('directorySignIn', { authority, reason });
