import * as vscode from 'vscode';
import type { TokenStore } from '@farside/client';
import { Disposables } from '../ui/disposables.ts';
import { ServerConnection } from './connection.ts';
import { defaultName, onServersChange, readServers, writeServers, type ServerEntry } from './serverList.ts';
import type { ServerState } from './state.ts';
import { secretTokenStore, tokenKey } from './tokenStore.ts';

/** The user's servers: follows the settings, and tells when anything about any of them changes. */
export class Servers implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #snapshotsChanged = new vscode.EventEmitter<void>();
  /** Somebody, here or elsewhere, made or deleted snapshots of the user. */
  readonly onDidChangeSnapshots = this.#snapshotsChanged.event;
  readonly #subscriptions = new Disposables();
  readonly #userAgent: string;
  #listed: readonly ServerConnection[] = [];
  #guests: readonly ServerConnection[] = [];

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
    const { version } = context.extension.packageJSON as { version: string };
    this.#userAgent = `farside-vscode/${version} vscode/${vscode.version}`;
    this.#follow();
    this.#subscriptions.add(onServersChange(() => this.#follow()));
    // Another window may have signed in or out.
    this.#subscriptions.add(
      context.secrets.onDidChange(({ key }) => {
        const server = this.#listed.find((s) => tokenKey(s.entry.url) === key);
        if (server !== undefined) void server.refresh();
      }),
    );
  }

  get all(): readonly ServerConnection[] {
    return [...this.#listed, ...this.#guests];
  }

  byUrl(url: string): ServerConnection | undefined {
    return this.all.find((server) => server.entry.url === url);
  }

  /** A server that is not in the settings, for this window, with tokens that are kept nowhere. */
  addGuest(url: string, tokens: TokenStore): ServerConnection {
    const entry: ServerEntry = { url, name: defaultName(url), guest: true };
    const server = this.#watch(new ServerConnection(entry, tokens, this.#userAgent));
    this.#guests = [...this.#guests, server];
    this.#tell();
    return server;
  }

  /** A guest that the user wants in the list: its connection and its terminals stay. */
  async keepGuest(server: ServerConnection, move: (store: TokenStore) => Promise<void>): Promise<void> {
    const { url, name } = server.entry;
    if (!this.#guests.includes(server) || this.#listed.some((one) => one.entry.url === url)) return;
    await move(this.storeOf(url));
    server.listAs({ url, name });
    this.#guests = this.#guests.filter((one) => one !== server);
    this.#listed = [...this.#listed, server];
    await writeServers([...readServers(), { url, name }]);
    this.#follow();
  }

  /** Where the sign-in at a server of the list is kept. */
  storeOf(url: string): TokenStore {
    return secretTokenStore(this.#context, url);
  }

  removeGuest(server: ServerConnection): void {
    if (!this.#guests.includes(server)) return;
    this.#guests = this.#guests.filter((one) => one !== server);
    this.#tell();
    server.dispose();
  }

  async add(entry: ServerEntry): Promise<ServerConnection> {
    if (!this.#listed.some((server) => server.entry.url === entry.url)) {
      await writeServers([...readServers(), entry]);
      this.#follow();
    }
    return this.byUrl(entry.url) as ServerConnection;
  }

  async remove(server: ServerConnection): Promise<void> {
    await server.signOut();
    if (server.entry.guest) return this.removeGuest(server);
    await writeServers(readServers().filter((entry) => entry.url !== server.entry.url));
    this.#follow();
  }

  async refresh(): Promise<void> {
    await Promise.all(this.all.map((server) => server.refresh()));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const server of this.all) server.dispose();
    this.#changed.dispose();
    this.#snapshotsChanged.dispose();
  }

  /** Keeps the connections of servers that stay, so that a new name does not drop a session. */
  #follow(): void {
    const old = new Map(this.#listed.map((server) => [server.entry.url, server]));
    this.#listed = readServers().map((entry) => {
      const kept = old.get(entry.url);
      if (kept?.entry.name === entry.name) {
        old.delete(entry.url);
        return kept;
      }
      return this.#connect(entry);
    });
    for (const gone of old.values()) gone.dispose();
    this.#tell();
  }

  #connect(entry: ServerEntry): ServerConnection {
    return this.#watch(
      new ServerConnection(entry, secretTokenStore(this.#context, entry.url), this.#userAgent),
    );
  }

  #watch(server: ServerConnection): ServerConnection {
    server.onDidChange(() => this.#tell());
    server.client.onSnapshotsChanged(() => this.#snapshotsChanged.fire());
    void server.refresh();
    return server;
  }

  #tell(): void {
    const context = (key: string, value: unknown): void =>
      void vscode.commands.executeCommand('setContext', `farside.${key}`, value);
    const { all } = this;
    context('hasServers', all.length > 0);
    const some = (kind: ServerState['kind']): boolean => all.some((server) => server.state.kind === kind);
    context('signedIn', some('ready'));
    context('signedOut', some('signedOut') && !some('ready'));
    this.#changed.fire();
  }
}
