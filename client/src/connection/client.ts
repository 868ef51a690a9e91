import {
  FarsideError,
  type About,
  type EndpointName,
  type KeptTokens,
  type ReplyOf,
} from '@farside/protocol';
import { Listeners, type Disposable } from '../disposable.ts';
import { Auth, type RenewDirectory } from './auth.ts';
import { bodyOf, readReply, request, type CallOptions, type HttpOptions } from './http.ts';
import { SocketHolder, type FarsideSocket } from './socket.ts';
import { normalizeUrl } from './url.ts';
import type { TokenStore } from './tokens.ts';
import { WakeWatch, type Wake } from './wake.ts';

/** How long to wait for the first sign of life of a server. */
const ABOUT_TIMEOUT_MS = 10_000;

export interface ClientOptions {
  readonly url: string;
  readonly tokens: TokenStore;
  readonly userAgent?: string;
  /** How tokens of a directory are renewed, where it is not by the refresh token. */
  readonly renewDirectory?: RenewDirectory;
  /** ms since 1970; for tests of sleep. */
  readonly now?: () => number;
}

/** One server as one user: REST calls and the shared Socket.IO connection. Rejects with FarsideError only. */
export class FarsideClient {
  /** Normalised, with a slash at the end. */
  readonly url: string;
  readonly #http: HttpOptions;
  readonly #auth: Auth;
  readonly #holder: SocketHolder;
  readonly #sessionsChanged = new Listeners<[]>();
  readonly #jobsChanged = new Listeners<[]>();
  readonly #snapshotsChanged = new Listeners<[]>();
  readonly #wakes: WakeWatch;

  /** @throws FarsideError `wrongUrl` */
  constructor(options: ClientOptions) {
    this.url = normalizeUrl(options.url);
    this.#http = { url: this.url, userAgent: options.userAgent ?? 'farside-client' };
    this.#auth = new Auth(this.#http, options.tokens, options.renewDirectory);
    this.#holder = new SocketHolder(this.url, this.#auth, this.#http.userAgent);
    this.#wakes = new WakeWatch(options.now);
    this.#holder.onConnect = (socket) => {
      socket.on('sessions:changed', () => void this.#sessionsChanged.fire());
      socket.on('jobs:changed', () => void this.#jobsChanged.fire());
      socket.on('snapshots:changed', () => void this.#snapshotsChanged.fire());
      this.#sessionsChanged.fire();
      this.#jobsChanged.fire();
      this.#snapshotsChanged.fire();
    };
  }

  /** What the server is; also the way to find out whether there is one. */
  async about(signal?: AbortSignal): Promise<About> {
    try {
      const options = { signal, timeoutMs: ABOUT_TIMEOUT_MS, stallMs: ABOUT_TIMEOUT_MS };
      const response = await request(this.#http, 'about', options);
      return await readReply(this.#http, 'about', response, options);
    } catch (error) {
      // Another product may answer with an error body that looks like one of ours.
      if (error instanceof FarsideError && error.code === 'notFound')
        throw new FarsideError('notFarside', { url: this.url }, { cause: error });
      throw error;
    }
  }

  signIn(user: string, password: string, signal?: AbortSignal): Promise<void> {
    return this.#auth.signIn(user, password, signal);
  }

  /** With tokens that a directory gave. */
  async signInWith(tokens: KeptTokens): Promise<void> {
    this.#holder.drop();
    await this.#auth.signInWith(tokens);
  }

  /** Sessions go on on the server. */
  async signOut(): Promise<void> {
    this.#holder.drop();
    await this.#auth.signOut();
  }

  /** One REST call, checked against the endpoint's schema. */
  async call<N extends EndpointName>(name: N, options: CallOptions = {}): Promise<ReplyOf<N>> {
    return readReply(this.#http, name, await this.download(name, options), options);
  }

  /** The bytes of a reply as they come; never waits for ever. */
  async *stream(name: EndpointName, options: CallOptions = {}): AsyncGenerator<Uint8Array> {
    yield* bodyOf(this.#http, await this.download(name, options), options);
  }

  /** The reply as it arrives, for streams. */
  async download(name: EndpointName, options: CallOptions = {}): Promise<Response> {
    const token = await this.#auth.token();
    try {
      return await request(this.#http, name, options, token);
    } catch (error) {
      if (!(error instanceof FarsideError) || error.status !== 401) throw error;
      return request(this.#http, name, options, await this.#otherToken(token, error));
    }
  }

  /** The reason of a refusal says more than that there is no other token. */
  async #otherToken(refused: string, why: FarsideError): Promise<string> {
    try {
      return await this.#auth.token(refused);
    } catch (error) {
      const isOver = error instanceof FarsideError && error.code === 'notSignedIn';
      throw isOver && why.code === 'tokenRefused' ? why : error;
    }
  }

  /** An access token for a request made by another library (uploads). */
  token(refused?: string): Promise<string> {
    return this.#auth.token(refused);
  }

  /** The shared connection, made when there is none; it does not connect again by itself. */
  socket(timeoutMs?: number): Promise<FarsideSocket> {
    return this.#holder.get(timeoutMs);
  }

  /** Drops a connection that shows no life; links attach again on a new one. */
  dropSocket(): void {
    this.#holder.drop();
  }

  /** Makes sure that the connection still answers, if there is one; drops it when it does not. */
  probe(): Promise<void> {
    return this.#holder.probe();
  }

  onSignedOut(listener: () => void): Disposable {
    return this.#auth.signedOut.add(listener);
  }

  /** After each sign-in by {@link signIn}, or when told of one by {@link noteSignedIn}. */
  onSignedIn(listener: () => void): Disposable {
    return this.#auth.signedIn.add(listener);
  }

  /** Another window that shares the tokens has signed in: links that wait for it go on. */
  noteSignedIn(): void {
    this.#auth.signedIn.fire();
  }

  /** The machine woke up, or its network changed. Watched only while somebody listens. */
  onWake(listener: (wake: Wake) => void): Disposable {
    return this.#wakes.onWake(listener);
  }

  /** Told from outside that the network is back. */
  wake(): void {
    this.#wakes.wake();
  }

  /** Heard while a connection is up, and each time one is made. */
  onSessionsChanged(listener: () => void): Disposable {
    return this.#sessionsChanged.add(listener);
  }

  /** The same for the user's jobs. */
  onJobsChanged(listener: () => void): Disposable {
    return this.#jobsChanged.add(listener);
  }

  /** The same for the user's snapshots. */
  onSnapshotsChanged(listener: () => void): Disposable {
    return this.#snapshotsChanged.add(listener);
  }

  dispose(): void {
    this.#holder.dispose();
    this.#sessionsChanged.clear();
    this.#jobsChanged.clear();
    this.#snapshotsChanged.clear();
    this.#auth.signedOut.clear();
    this.#auth.signedIn.clear();
    this.#wakes.dispose();
  }
}
