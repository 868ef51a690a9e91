import * as vscode from 'vscode';
import { Disposables } from '../ui/disposables.ts';
import { ServerConnection } from './connection.ts';
import { onServersChange, readServers, writeServers, type ServerEntry } from './serverList.ts';
import type { ServerState } from './state.ts';
import { secretTokenStore, tokenKey } from './tokenStore.ts';

/** The user's servers: follows the settings, and tells when anything about any of them changes. */
export class Servers implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions = new Disposables();
  readonly #userAgent: string;
  #all: readonly ServerConnection[] = [];

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
    const { version } = context.extension.packageJSON as { version: string };
    this.#userAgent = `farside-vscode/${version} vscode/${vscode.version}`;
    this.#follow();
    this.#subscriptions.add(onServersChange(() => this.#follow()));
    // Another window may have signed in or out.
    this.#subscriptions.add(
      context.secrets.onDidChange(({ key }) => {
        const server = this.#all.find((s) => tokenKey(s.entry.url) === key);
        if (server !== undefined) void server.refresh();
      }),
    );
  }

  get all(): readonly ServerConnection[] {
    return this.#all;
  }

  byUrl(url: string): ServerConnection | undefined {
    return this.#all.find((server) => server.entry.url === url);
  }

  async add(entry: ServerEntry): Promise<ServerConnection> {
    if (this.byUrl(entry.url) === undefined) {
      await writeServers([...readServers(), entry]);
      this.#follow();
    }
    return this.byUrl(entry.url) as ServerConnection;
  }

  async remove(server: ServerConnection): Promise<void> {
    await server.signOut();
    await writeServers(readServers().filter((entry) => entry.url !== server.entry.url));
    this.#follow();
  }

  async refresh(): Promise<void> {
    await Promise.all(this.#all.map((server) => server.refresh()));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const server of this.#all) server.dispose();
    this.#changed.dispose();
  }

  /** Keeps the connections of servers that stay, so that a new name does not drop a session. */
  #follow(): void {
    const old = new Map(this.#all.map((server) => [server.entry.url, server]));
    this.#all = readServers().map((entry) => {
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
    const server = new ServerConnection(entry, secretTokenStore(this.#context, entry.url), this.#userAgent);
    server.onDidChange(() => this.#tell());
    void server.refresh();
    return server;
  }

  #tell(): void {
    const context = (key: string, value: unknown): void =>
      void vscode.commands.executeCommand('setContext', `farside.${key}`, value);
    context('hasServers', this.#all.length > 0);
    const some = (kind: ServerState['kind']): boolean =>
      this.#all.some((server) => server.state.kind === kind);
    context('signedIn', some('ready'));
    context('signedOut', some('signedOut') && !some('ready'));
    this.#changed.fire();
  }
}
