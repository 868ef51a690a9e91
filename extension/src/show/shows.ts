import * as vscode from 'vscode';
import type { ShowRequest } from '@farside/client';
import type { SessionInfo, Shown } from '@farside/protocol';
import type { Help } from '../help/help.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { findLocal } from '../terminal/localFiles.ts';
import { toFarsideError } from '../ui/toError.ts';
import { helpTargetOf, noteOf } from './describe.ts';
import { SHOWN_SCHEME, shownParts, type ShownKey } from './uri.ts';
import { openWeb, webAddress } from './web.ts';

/** Opens what a session shows, where its user asked for it; gives the line that stands for it in the terminal. */
export class SessionShows {
  readonly #help: Help;

  constructor(help: Help) {
    this.#help = help;
  }

  /** Undefined: the text in the terminal is all there is. */
  show(server: ServerConnection, session: SessionInfo, { shown, wanted }: ShowRequest): string | undefined {
    const open = this.#opener(server, session, shown);
    if (open === undefined) return undefined;
    if (wanted)
      void open().catch((error: unknown) => vscode.window.showErrorMessage(toFarsideError(error).text));
    return noteOf(shown);
  }

  #opener(
    server: ServerConnection,
    session: SessionInfo,
    shown: Shown,
  ): (() => Promise<unknown>) | undefined {
    const target = helpTargetOf(shown);
    if (target) return () => this.#help.open({ client: server.client, session: session.id }, target);
    const { kind, title = '', document, file, url = '' } = shown;
    const where = { url: server.entry.url, session: session.id };
    if (document !== undefined && (kind === 'view' || kind === 'text'))
      return () => openDocument({ ...where, document }, kind === 'view' ? `${title}.view` : title);
    if (file !== undefined && (kind === 'edit' || kind === 'page'))
      return () => openFile({ ...where, file }, file);
    if (kind === 'url' && webAddress(url) !== undefined) return () => openWeb(url);
    return undefined;
  }
}

async function openDocument(key: ShownKey, name: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SHOWN_SCHEME, ...shownParts(key, name) });
  const options = { preview: true, preserveFocus: true, viewColumn: vscode.ViewColumn.Beside };
  await vscode.window.showTextDocument(uri, options);
}

/** The file of the project that was sent there, to be edited here; else the session's, to be read. */
async function openFile(key: ShownKey, file: string): Promise<void> {
  const local = file.split('/').includes('..') ? undefined : await findLocal(file);
  if (local === undefined) return openDocument(key, file.split('/').at(-1) ?? file);
  await vscode.window.showTextDocument(local, { preserveFocus: true, viewColumn: vscode.ViewColumn.Beside });
}
