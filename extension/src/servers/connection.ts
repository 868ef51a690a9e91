import * as vscode from 'vscode';
import type { FarsideError } from '@farside/protocol';
import { type About, type SessionInfo } from '@farside/protocol';
import { FarsideClient, type TokenStore } from '@farside/client';
import type { ServerEntry } from './serverList.ts';
import type { ServerState } from './state.ts';
import { toFarsideError } from '../ui/toError.ts';

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;
/** A burst of session changes (a run of short commands) becomes one request. */
const REFRESH_AFTER_MS = 150;

/** One server of the settings: its client, how it stands, and its sessions. */
export class ServerConnection implements vscode.Disposable {
  readonly entry: ServerEntry;
  readonly client: FarsideClient;
  readonly #tokens: TokenStore;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: { dispose(): void }[];
  #state: ServerState = { kind: 'unknown' };
  #sessions: readonly SessionInfo[] = [];
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;
  #watching = false;
  #disposed = false;

  constructor(entry: ServerEntry, tokens: TokenStore, userAgent: string) {
    this.entry = entry;
    this.#tokens = tokens;
    this.client = new FarsideClient({ url: entry.url, tokens, userAgent });
    this.#subscriptions = [
      this.client.onSessionsChanged(() => this.#refreshSoon(REFRESH_AFTER_MS)),
      this.client.onSignedOut(() => this.#set({ kind: 'signedOut' }, [])),
    ];
  }

  get state(): ServerState {
    return this.#state;
  }

  get sessions(): readonly SessionInfo[] {
    return this.#sessions;
  }

  /** Asks the server how things stand; calls that overlap share one answer. Never rejects: the state tells. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** @throws FarsideError when the server can not be reached or refuses */
  async signIn(user: string, password: string): Promise<About> {
    const about = await this.client.about();
    await this.client.signIn(user, password);
    await this.refresh();
    return about;
  }

  async signOut(): Promise<void> {
    await this.client.signOut();
    this.#set({ kind: 'signedOut' }, []);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    for (const one of this.#subscriptions) one.dispose();
    this.client.dispose();
    this.#changed.dispose();
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#state.kind === 'unknown') this.#set({ kind: 'connecting' }, []);
    try {
      const about = this.#state.kind === 'ready' ? this.#state.about : await this.client.about();
      if ((await this.#tokens.load()) === undefined) return this.#set({ kind: 'signedOut' }, []);
      const sessions = await this.client.call('sessions');
      this.#retryMs = FIRST_RETRY_MS;
      this.#set({ kind: 'ready', about }, sessions);
      this.#watch();
    } catch (error) {
      this.#failed(toFarsideError(error));
    }
  }

  #failed(error: FarsideError): void {
    if (error.code === 'notSignedIn' || error.code === 'tokenReused')
      return this.#set({ kind: 'signedOut' }, []);
    this.#set({ kind: 'failed', error }, this.#sessions);
    if (!error.retryable) return;
    this.#refreshSoon(this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  /** The connection tells of changes; when it is lost, the next refresh finds out how things stand. */
  #watch(): void {
    if (this.#watching || this.#disposed) return;
    this.#watching = true;
    const lost = (): void => {
      this.#watching = false;
      this.#refreshSoon(FIRST_RETRY_MS);
    };
    this.client.socket().then((socket) => socket.once('disconnect', lost), lost);
  }

  #refreshSoon(ms: number): void {
    if (this.#disposed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), ms);
  }

  #set(state: ServerState, sessions: readonly SessionInfo[]): void {
    if (this.#disposed) return;
    this.#state = state;
    this.#sessions = sessions;
    this.#changed.fire();
  }
}
