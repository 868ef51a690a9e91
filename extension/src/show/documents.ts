import type * as vscode from 'vscode';
import { FarsideError } from '@farside/protocol';
import type { Servers } from '../servers/servers.ts';
import { toFarsideError } from '../ui/toError.ts';
import { shownKey } from './uri.ts';

/** More of a text is no pleasure to read in an editor. */
const MAX_BYTES = 20 * 1024 * 1024;

/** Texts of sessions as read-only documents, fetched when a tab shows them. */
export class ShownDocuments implements vscode.TextDocumentContentProvider {
  readonly #servers: Servers;

  constructor(servers: Servers) {
    this.#servers = servers;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    try {
      return await this.#fetch(uri);
    } catch (error) {
      // VS Code would only say that something went wrong.
      return `[This can not be shown. ${toFarsideError(error).text}]\n`;
    }
  }

  async #fetch(uri: vscode.Uri): Promise<string> {
    const key = shownKey(uri.query);
    const server = key && this.#servers.byUrl(key.url);
    if (key === undefined || server === undefined)
      throw new FarsideError('notFound', { what: 'server of this document' });
    const parts: Uint8Array[] = [];
    let size = 0;
    const stream =
      'file' in key
        ? server.client.stream('file', { params: { id: key.session, path: key.file } })
        : server.client.stream('sessionDocument', { params: { id: key.session, document: key.document } });
    for await (const part of stream) {
      size += part.length;
      if (size > MAX_BYTES) throw new FarsideError('frameTooLarge', { size, limit: MAX_BYTES });
      parts.push(part);
    }
    return new TextDecoder().decode(Buffer.concat(parts));
  }
}
