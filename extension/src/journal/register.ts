import * as vscode from 'vscode';
import type { Servers } from '../servers/servers.ts';
import { JournalFiles } from './documents.ts';
import { registerJournalLinks } from './links.ts';
import { JOURNAL_SCHEME } from './uri.ts';

/** Journals as documents; reading one starts when a tab is opened. */
export function registerJournals(servers: Servers): { files: JournalFiles; registered: vscode.Disposable } {
  const files = new JournalFiles(servers);
  const options = { isReadonly: true, isCaseSensitive: true };
  const provider = vscode.workspace.registerFileSystemProvider(JOURNAL_SCHEME, files, options);
  return { files, registered: vscode.Disposable.from(provider, registerJournalLinks(), files) };
}
