import {
  FarsideError,
  SOCKET_PROTOCOL,
  fromErrorBody,
  type ClientToServer,
  type ServerToClient,
} from '@farside/protocol';
import type { Socket } from 'socket.io-client';
import type { Auth } from './auth.ts';
import { reasonOf } from './http.ts';

export type FarsideSocket = Socket<ServerToClient, ClientToServer>;

/** How long a connection may take, with its sign-in, when nobody says otherwise. */
const CONNECT_TIMEOUT_MS = 15_000;
/** A connection that does not answer within this after a sleep is dead: a fresh one costs less than waiting. */
const PROBE_TIMEOUT_MS = 1_000;
/** A renewal that found nobody is tried again while the old token still holds the connection. */
const RENEW_AGAIN_MS = 5_000;
/** setTimeout's largest delay. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The one Socket.IO connection of a client, made on demand and shared by all links. It never connects again by
 * itself: a link whose connection is gone asks for a new one and attaches with its cursor.
 */
export class SocketHolder {
  readonly #url: URL;
  readonly #auth: Auth;
  readonly #userAgent: string;
  #current: Promise<FarsideSocket> | undefined;
  #socket: FarsideSocket | undefined;
  #giveUp = new AbortController();
  #probing: Promise<void> | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #disposed = false;
  onConnect: (socket: FarsideSocket) => void = () => undefined;

  constructor(url: string, auth: Auth, userAgent: string) {
    this.#url = new URL(url);
    this.#auth = auth;
    this.#userAgent = userAgent;
    auth.renewed.add((token) => this.#sendToken(token));
  }

  /** A connected socket. */
  get(timeoutMs = CONNECT_TIMEOUT_MS): Promise<FarsideSocket> {
    if (this.#disposed) return Promise.reject(new FarsideError('cancelled', { what: 'The connection' }));
    if (this.#current) return this.#current;
    const current = this.#open(timeoutMs).catch((error: unknown) => {
      if (this.#current === current) this.#current = undefined;
      throw error;
    });
    return (this.#current = current);
  }

  /**
   * Drops the connection, also one being made, e.g. when its silence shows that it is dead; the next {@link get}
   * makes a new one.
   */
  drop(): void {
    clearTimeout(this.#renewal);
    this.#current = undefined;
    this.#giveUp.abort();
    this.#giveUp = new AbortController();
    this.#socket?.disconnect();
    this.#socket = undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.drop();
  }

  /** Asks something small; a connection that does not answer is dropped, and so is one that is still being made. */
  probe(): Promise<void> {
    const socket = this.#socket;
    if (!socket) return Promise.resolve(this.drop());
    this.#probing ??= this.#auth
      .token()
      .then((token) => socket.timeout(PROBE_TIMEOUT_MS).emitWithAck('auth:renew', { token }))
      .then(
        () => undefined,
        () => {
          if (this.#socket === socket) this.drop();
        },
      )
      .finally(() => (this.#probing = undefined));
    return this.#probing;
  }

  async #open(timeoutMs: number): Promise<FarsideSocket> {
    const { signal } = this.#giveUp;
    const token = await this.#auth.token();
    try {
      return await this.#connect(token, timeoutMs, signal);
    } catch (error) {
      // A token the server no longer takes, e.g. after its keys changed: once more with a new one.
      if (!(error instanceof FarsideError) || error.status !== 401) throw error;
      return this.#connect(await this.#auth.token(token), timeoutMs, signal);
    }
  }

  async #connect(token: string, timeoutMs: number, signal: AbortSignal): Promise<FarsideSocket> {
    // Loaded when first needed: the start of an editor should not pay for it.
    const { io } = await import('socket.io-client');
    const socket: FarsideSocket = io(this.#url.origin, {
      path: `${this.#url.pathname}socket.io`,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: timeoutMs,
      auth: { token, protocol: SOCKET_PROTOCOL },
      extraHeaders: { 'user-agent': this.#userAgent },
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(new Error('timeout')), timeoutMs);
      const fail = (error: Error & { data?: unknown }): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        socket.disconnect();
        reject(this.#connectError(error, timeoutMs));
      };
      const giveUp = (): void => fail(new Error('the attempt was given up'));
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp);
      socket.once('connect_error', fail);
      socket.once('connect', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        socket.off('connect_error', fail);
        this.#adopt(socket);
        resolve(socket);
      });
    });
  }

  #adopt(socket: FarsideSocket): void {
    if (this.#disposed) return void socket.disconnect();
    this.#socket = socket;
    socket.once('disconnect', () => {
      if (this.#socket === socket) this.drop();
    });
    this.#planRenewal();
    this.onConnect(socket);
  }

  #connectError(error: Error & { data?: unknown }, timeoutMs: number): FarsideError {
    const known = fromErrorBody(error.data);
    if (known) return known;
    if (error.message === 'timeout')
      return new FarsideError('timedOut', { what: 'Connecting', seconds: timeoutMs / 1000 });
    const inner = 'description' in error && error.description instanceof Error ? error.description : error;
    const reason = 'error' in inner ? reasonOf(inner.error) : reasonOf(inner);
    return new FarsideError('unreachable', { url: this.#url.href, reason }, { cause: error });
  }

  /** A live connection outlives its first token: renew in time and tell the server. */
  #planRenewal(atLeastMs = 0): void {
    clearTimeout(this.#renewal);
    void this.#auth.msToRenewal().then((ms) => {
      if (ms === undefined || !this.#socket) return;
      const again = (): void => this.#planRenewal(RENEW_AGAIN_MS);
      const renew = (): void => void this.#auth.token().then(again, again);
      // A second past the mark, so that the token counts as old.
      clearTimeout(this.#renewal);
      this.#renewal = setTimeout(renew, Math.min(Math.max(ms + 1000, atLeastMs), MAX_TIMER_MS));
      this.#renewal.unref();
    });
  }

  #sendToken(token: string): void {
    this.#socket?.timeout(CONNECT_TIMEOUT_MS).emit('auth:renew', { token }, () => undefined);
    this.#planRenewal();
  }
}
