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

/** How long a connection may take, with its sign-in. */
const CONNECT_TIMEOUT_MS = 15_000;
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
  get(): Promise<FarsideSocket> {
    if (this.#disposed) return Promise.reject(new FarsideError('cancelled', { what: 'The connection' }));
    this.#current ??= this.#open().catch((error: unknown) => {
      this.#current = undefined;
      throw error;
    });
    return this.#current;
  }

  /** Drops the connection, e.g. when its silence shows that it is dead; the next {@link get} makes a new one. */
  drop(): void {
    clearTimeout(this.#renewal);
    this.#current = undefined;
    this.#socket?.disconnect();
    this.#socket = undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.drop();
  }

  async #open(): Promise<FarsideSocket> {
    const token = await this.#auth.token();
    try {
      return await this.#connect(token);
    } catch (error) {
      // A token the server no longer takes, e.g. after its keys changed: once more with a new one.
      if (!(error instanceof FarsideError) || error.code !== 'notSignedIn') throw error;
      return this.#connect(await this.#auth.token(token));
    }
  }

  async #connect(token: string): Promise<FarsideSocket> {
    // Loaded when first needed: the start of an editor should not pay for it.
    const { io } = await import('socket.io-client');
    const socket: FarsideSocket = io(this.#url.origin, {
      path: `${this.#url.pathname}socket.io`,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: CONNECT_TIMEOUT_MS,
      auth: { token, protocol: SOCKET_PROTOCOL },
      extraHeaders: { 'user-agent': this.#userAgent },
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(new Error('timeout')), CONNECT_TIMEOUT_MS);
      const fail = (error: Error & { data?: unknown }): void => {
        clearTimeout(timer);
        socket.disconnect();
        reject(this.#connectError(error));
      };
      socket.once('connect_error', fail);
      socket.once('connect', () => {
        clearTimeout(timer);
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

  #connectError(error: Error & { data?: unknown }): FarsideError {
    const known = fromErrorBody(error.data);
    if (known) return known;
    if (error.message === 'timeout')
      return new FarsideError('timedOut', { what: 'Connecting', seconds: CONNECT_TIMEOUT_MS / 1000 });
    const inner = 'description' in error && error.description instanceof Error ? error.description : error;
    const reason = 'error' in inner ? reasonOf(inner.error) : reasonOf(inner);
    return new FarsideError('unreachable', { url: this.#url.href, reason }, { cause: error });
  }

  /** A live connection outlives its first token: renew in time and tell the server. */
  #planRenewal(): void {
    clearTimeout(this.#renewal);
    void this.#auth.msToRenewal().then((ms) => {
      if (ms === undefined || !this.#socket) return;
      const renew = (): void => void this.#auth.token().catch(() => undefined);
      // A second past the mark, so that the token counts as old.
      this.#renewal = setTimeout(renew, Math.min(ms + 1000, MAX_TIMER_MS));
      this.#renewal.unref();
    });
  }

  #sendToken(token: string): void {
    this.#socket?.timeout(CONNECT_TIMEOUT_MS).emit('auth:renew', { token }, () => undefined);
    this.#planRenewal();
  }
}
