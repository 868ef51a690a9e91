import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { findLocal, selectionAt } from './localFiles.ts';
import type { SessionTerminal } from './sessionTerminal.ts';
import { findReferences, insideProject, type FileReference } from './fileLinks.ts';

/** A place in a local file, or the command of a mark of ours. */
type Link = vscode.TerminalLink &
  (
    | { readonly target: vscode.Uri; readonly reference: FileReference }
    | { readonly journalOf: SessionTerminal }
  );

/** Stands in the mark of output that was skipped, and in the last lines of a session that has ended. */
const JOURNAL = /(?:open the|whole) journal/;

/** Makes `analysis.R#12` in R's messages open the local file, and the word journal in our marks the journal. */
export function registerFileLinks(app: App): vscode.Disposable {
  const provider: vscode.TerminalLinkProvider<Link> = {
    provideTerminalLinks: async ({ line, terminal }) => {
      const session = app.terminals.of(terminal);
      if (session === undefined) return [];
      const { workdir } = session.info;
      const found = await Promise.all(findReferences(line).map((ref) => link(ref, workdir)));
      return [...found.filter((one) => one !== undefined), ...journalLink(line, session)];
    },
    handleTerminalLink: async (chosen) => {
      if ('journalOf' in chosen) return openJournal(chosen.journalOf);
      await vscode.window.showTextDocument(chosen.target, { selection: selectionAt(chosen.reference) });
    },
  };
  return vscode.window.registerTerminalLinkProvider(provider);
}

function journalLink(line: string, journalOf: SessionTerminal): Link[] {
  const found = JOURNAL.exec(line);
  if (found === null) return [];
  const place = { startIndex: found.index, length: found[0].length };
  return [{ ...place, tooltip: 'Open the whole output as a document', journalOf }];
}

async function openJournal({ server, info: session }: SessionTerminal): Promise<void> {
  await vscode.commands.executeCommand('farside.openJournal', { kind: 'session', server, session });
}

async function link(reference: FileReference, workdir: string): Promise<Link | undefined> {
  const path = insideProject(reference.path, workdir);
  if (path === undefined) return undefined;
  const target = await findLocal(path);
  if (target === undefined) return undefined;
  const { start: startIndex, length } = reference;
  return { startIndex, length, tooltip: `Open ${path}`, target, reference };
}
