import * as vscode from 'vscode';
import { FarsideError } from '@farside/protocol';
import type { Servers } from '../servers/servers.ts';
import { toFarsideError } from '../ui/toError.ts';
import { journalText, journalUpTo } from './fetch.ts';
import { journalKey } from './uri.ts';

/** VS Code shows larger files to nobody but the user: no search by extensions, no outline. We offer a file instead. */
export const MAX_SHOWN_BYTES = 50 * 1024 * 1024;

/** Journals as read-only files: what a tab shows, also a tab that VS Code brings back. */
export class JournalFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #servers: Servers;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  /** Texts that were fetched and not yet read by the editor. */
  readonly #ready = new Map<string, Uint8Array>();

  constructor(servers: Servers) {
    this.#servers = servers;
  }

  /** Gives a text that was fetched already; an open tab shows it anew. */
  put(uri: vscode.Uri, text: Uint8Array): void {
    this.#ready.set(uri.toString(), text);
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const text = await this.#text(uri);
    const now = Date.now();
    return { type: vscode.FileType.File, ctime: now, mtime: now, size: text.length };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const text = await this.#text(uri);
    this.#ready.delete(uri.toString());
    return text;
  }

  watch = (): vscode.Disposable => new vscode.Disposable(() => undefined);
  readDirectory = (uri: vscode.Uri): never => refuse(uri);
  createDirectory = (uri: vscode.Uri): never => refuse(uri);
  writeFile = (uri: vscode.Uri): never => refuse(uri);
  delete = (uri: vscode.Uri): never => refuse(uri);
  rename = (uri: vscode.Uri): never => refuse(uri);

  dispose(): void {
    this.#ready.clear();
    this.#changed.dispose();
  }

  async #text(uri: vscode.Uri): Promise<Uint8Array> {
    const ready = this.#ready.get(uri.toString());
    if (ready !== undefined) return ready;
    try {
      const text = await this.#fetch(uri);
      this.#ready.set(uri.toString(), text);
      return text;
    } catch (error) {
      // VS Code would only say that something went wrong.
      return new TextEncoder().encode(`[The journal can not be shown. ${toFarsideError(error).text}]\n`);
    }
  }

  async #fetch(uri: vscode.Uri): Promise<Uint8Array> {
    const key = journalKey(uri.query);
    const server = key && this.#servers.byUrl(key.url);
    if (key === undefined || server === undefined)
      throw new FarsideError('notFound', { what: 'server of this journal' });
    const text = await journalUpTo(MAX_SHOWN_BYTES, journalText(server.client, key.session));
    if (text !== undefined) return text;
    throw new FarsideError('clientFault', {
      message: 'The journal is too long to be shown; save it to a file',
    });
  }
}

function refuse(uri: vscode.Uri): never {
  throw vscode.FileSystemError.NoPermissions(uri);
}
