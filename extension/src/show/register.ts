import * as vscode from 'vscode';
import type { Servers } from '../servers/servers.ts';
import { ShownDocuments } from './documents.ts';
import { SHOWN_SCHEME } from './uri.ts';

/** Texts and tables of sessions as read-only documents. */
export function registerShownDocuments(servers: Servers): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SHOWN_SCHEME, new ShownDocuments(servers));
}
