import * as vscode from 'vscode';
import type { FromSnapshots, SnapshotAction, SnapshotServer, ToSnapshots } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import type { Servers } from '../servers/servers.ts';
import { toFarsideError } from '../ui/toError.ts';
import { WebviewTab } from '../ui/webviewTab.ts';
import { itemOf } from './describe.ts';
import type { NamedSnapshot } from './choose.ts';

/** What a click in the page runs: the same commands as in menus and the palette. */
const COMMANDS: Readonly<Record<SnapshotAction, string>> = {
  load: 'farside.loadSnapshot',
  download: 'farside.downloadSnapshot',
  delete: 'farside.deleteSnapshot',
};

const TAB = {
  viewType: 'farside.snapshots',
  title: 'Snapshots',
  page: 'snapshots',
  column: vscode.ViewColumn.Active,
};

/** The page of snapshots, kept true: it is asked for again after each change, wherever it was made. */
export class Snapshots implements vscode.Disposable {
  readonly panel: WebviewTab<FromSnapshots, ToSnapshots>;
  readonly #servers: Servers;
  readonly #subscriptions: readonly vscode.Disposable[];
  #asked = 0;
  /** How the servers stood when they were asked last. */
  #stood = '';

  constructor(extension: vscode.Uri, servers: Servers) {
    this.#servers = servers;
    this.panel = new WebviewTab(extension, TAB, (message) => void this.#receive(message));
    this.#subscriptions = [
      servers.onDidChangeSnapshots(() => void this.refresh()),
      servers.onDidChange(() => this.#serversChanged()),
    ];
  }

  show(): void {
    this.panel.show(false);
    void this.refresh();
  }

  /** Asks all servers. An answer that a later question has overtaken is dropped. */
  async refresh(): Promise<void> {
    if (!this.panel.isOpen) return;
    const mine = ++this.#asked;
    const servers = await Promise.all(this.#servers.all.map(listOf));
    if (mine === this.#asked) this.panel.post({ type: 'list', servers });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.panel.dispose();
  }

  #serversChanged(): void {
    const stand = this.#servers.all
      .map(({ entry, state }) => `${entry.url} ${entry.name} ${state.kind}`)
      .join();
    if (stand === this.#stood) return;
    this.#stood = stand;
    void this.refresh();
  }

  async #receive(message: FromSnapshots): Promise<void> {
    const { executeCommand } = vscode.commands;
    switch (message.type) {
      case 'ready':
      case 'refresh':
        return this.refresh();
      case 'create':
        return void (await executeCommand('farside.createSnapshot'));
      case 'signIn': {
        const server = this.#servers.byUrl(message.url);
        return void (await executeCommand('farside.signIn', server && { kind: 'server', server }));
      }
      default: {
        const server = this.#servers.byUrl(message.url);
        const named: NamedSnapshot | undefined = server && { server, snapshotId: message.id };
        return void (await executeCommand(COMMANDS[message.type], named));
      }
    }
  }
}

async function listOf(server: ServerConnection): Promise<SnapshotServer> {
  const { url, name } = server.entry;
  const { state } = server;
  if (state.kind === 'signedOut')
    return { url, name, items: [], problem: { text: 'You are not signed in.', signIn: true } };
  if (state.kind === 'failed')
    return { url, name, items: [], problem: { text: state.error.text, signIn: false } };
  try {
    return { url, name, items: (await server.client.call('snapshots')).map(itemOf) };
  } catch (error) {
    const { text, status } = toFarsideError(error);
    return { url, name, items: [], problem: { text, signIn: status === 401 } };
  }
}
