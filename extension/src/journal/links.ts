import * as vscode from 'vscode';
import { findReferences, insideProject, type FileReference } from '../terminal/fileLinks.ts';
import { findLocal, selectionAt } from '../terminal/localFiles.ts';
import { JOURNAL_SCHEME } from './uri.ts';

/** Looking through more would hold the editor up for links that nobody follows. */
const MAX_LINES = 20_000;

interface PlaceLink extends vscode.DocumentLink {
  readonly reference: FileReference;
}

/** Makes `analysis.R#12` in a journal open the local file, as in the terminal. */
export function registerJournalLinks(): vscode.Disposable {
  const provider: vscode.DocumentLinkProvider<PlaceLink> = {
    provideDocumentLinks: (document) => {
      const links: PlaceLink[] = [];
      for (let line = 0; line < Math.min(document.lineCount, MAX_LINES); line++)
        for (const reference of findReferences(document.lineAt(line).text)) {
          const { start, length } = reference;
          const range = new vscode.Range(line, start, line, start + length);
          links.push({ range, reference });
        }
      return links;
    },
    resolveDocumentLink: async (link) => {
      const path = insideProject(link.reference.path, undefined);
      const target = path === undefined ? undefined : await findLocal(path);
      const { start } = selectionAt(link.reference);
      if (target) link.target = target.with({ fragment: `L${start.line + 1},${start.character + 1}` });
      return link;
    },
  };
  return vscode.languages.registerDocumentLinkProvider({ scheme: JOURNAL_SCHEME }, provider);
}
