import * as vscode from 'vscode';
import type { FarsideError } from '@farside/protocol';
import type { About, JobInfo, KeptTokens, SessionInfo } from '@farside/protocol';
import { FarsideClient, fixedTokenStore, type TokenStore } from '@farside/client';
import { renewByEditor } from './microsoft.ts';
import type { ServerEntry } from './serverList.ts';
import type { ServerState } from './state.ts';
import { toFarsideError } from '../ui/toError.ts';

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;
/** A burst of session changes (a run of short commands) becomes one request. */
const REFRESH_AFTER_MS = 150;

/** One server of the settings: its client, how it stands, and its sessions. */
export class ServerConnection implements vscode.Disposable {
  #entry: ServerEntry;
  readonly client: FarsideClient;
  readonly tokens: TokenStore;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: { dispose(): void }[];
  #state: ServerState = { kind: 'unknown' };
  #sessions: readonly SessionInfo[] = [];
  #jobs: readonly JobInfo[] = [];
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires. */
  #due = 0;
  #refreshing: Promise<void> | undefined;
  #watching = false;
  #disposed = false;
  /** The user signs out. */
  #leaving = false;

  constructor(entry: ServerEntry, tokens: TokenStore, userAgent: string) {
    this.#entry = entry;
    this.tokens = tokens;
    this.client = new FarsideClient({ url: entry.url, tokens, userAgent, renewDirectory: renewByEditor });
    this.#subscriptions = [
      this.client.onSessionsChanged(() => this.#refreshSoon(REFRESH_AFTER_MS)),
      this.client.onJobsChanged(() => this.#refreshSoon(REFRESH_AFTER_MS)),
      this.client.onSignedOut(() => this.#set({ kind: 'signedOut', expired: !this.#leaving }, [])),
      this.client.onWake(() => this.#refreshSoon(REFRESH_AFTER_MS)),
    ];
  }

  get entry(): ServerEntry {
    return this.#entry;
  }

  /** It is in the settings now. */
  listAs(entry: ServerEntry): void {
    this.#entry = entry;
  }

  get state(): ServerState {
    return this.#state;
  }

  get sessions(): readonly SessionInfo[] {
    return this.#sessions;
  }

  /** The newest first. */
  get jobs(): readonly JobInfo[] {
    return this.#jobs;
  }

  /** Asks the server how things stand; calls that overlap share one answer. Never rejects: the state tells. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** Takes over a sign-in that R made. @throws FarsideError */
  async adopt(pair: KeptTokens): Promise<void> {
    await this.tokens.exclusive(() => this.tokens.save(pair));
    await this.refresh();
    this.client.noteSignedIn();
  }

  /** @throws FarsideError when the server can not be reached or refuses */
  async signIn(user: string, password: string): Promise<About> {
    const about = await this.client.about();
    await this.client.signIn(user, password);
    await this.refresh();
    return about;
  }

  /**
   * With tokens that a directory gave; those that the server does not take are not kept.
   * @throws FarsideError when the server can not be reached or refuses
   */
  async signInWith(tokens: KeptTokens): Promise<void> {
    const probe = new FarsideClient({ url: this.entry.url, tokens: fixedTokenStore(tokens.access_token) });
    await probe.call('listSessions').finally(() => probe.dispose());
    await this.client.signInWith(tokens);
    await this.refresh();
  }

  /** The directory and the account of it that is signed in; undefined when it is an account of the server. */
  async directory(): Promise<KeptTokens['directory']> {
    return (await this.tokens.load())?.directory;
  }

  /** The sign-in has ended elsewhere. */
  async forgetExpired(): Promise<void> {
    this.client.dropSocket();
    await this.tokens.clear();
    this.#set({ kind: 'signedOut', expired: true }, []);
  }

  async signOut(): Promise<void> {
    this.#leaving = true;
    await this.client.signOut();
    this.#set({ kind: 'signedOut', expired: false }, []);
    this.#leaving = false;
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
    this.#timer = undefined;
    if (this.#state.kind === 'unknown') this.#set({ kind: 'connecting' }, []);
    try {
      const about = this.#state.kind === 'ready' ? this.#state.about : await this.client.about();
      if ((await this.tokens.load()) === undefined) return this.#noTokens();
      const [sessions, jobs] = await Promise.all([this.client.call('sessions'), this.#loadJobs()]);
      this.#retryMs = FIRST_RETRY_MS;
      // Signed in again, here or in another window: terminals go on.
      const again = this.#state.kind === 'signedOut';
      this.#set({ kind: 'ready', about }, sessions, jobs);
      if (again) this.client.noteSignedIn();
      this.#watch();
    } catch (error) {
      this.#failed(toFarsideError(error));
    }
  }

  #failed(error: FarsideError): void {
    if (error.status === 401) return this.#set({ kind: 'signedOut', expired: true }, []);
    const since = this.#state.kind === 'failed' ? this.#state.since : Date.now();
    this.#set({ kind: 'failed', error, since }, this.#sessions, this.#jobs);
    if (!error.retryable) return;
    this.#refreshSoon(this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  /** A server of the version before has no jobs. */
  async #loadJobs(): Promise<readonly JobInfo[]> {
    try {
      return await this.client.call('jobs');
    } catch (error) {
      const { code } = toFarsideError(error);
      if (code === 'notFound' || code === 'notFarside') return [];
      throw error;
    }
  }

  /** What is known of why stays known. */
  #noTokens(): void {
    if (this.#state.kind !== 'signedOut') this.#set({ kind: 'signedOut', expired: false }, []);
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
    const due = Date.now() + ms;
    // News that never stop must not put the answer off for ever.
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // An answer that is on its way may be older than the news.
      void (this.#refreshing ?? Promise.resolve()).then(() => this.refresh());
    }, ms);
  }

  #set(state: ServerState, sessions: readonly SessionInfo[], jobs: readonly JobInfo[] = []): void {
    if (this.#disposed) return;
    this.#state = state;
    this.#sessions = sessions;
    this.#jobs = jobs;
    this.#changed.fire();
  }
}
