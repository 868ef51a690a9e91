import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { findReferences, insideProject, type FileReference } from './fileLinks.ts';

interface FileLink extends vscode.TerminalLink {
  readonly target: vscode.Uri;
  readonly reference: FileReference;
}

/** Makes `analysis.R#12` in R's messages open the local file. */
export function registerFileLinks(app: App): vscode.Disposable {
  const provider: vscode.TerminalLinkProvider<FileLink> = {
    provideTerminalLinks: async ({ line, terminal }) => {
      const session = app.terminals.of(terminal);
      if (session === undefined) return [];
      const { workdir } = session.info;
      const found = await Promise.all(findReferences(line).map((ref) => link(ref, workdir)));
      return found.filter((one) => one !== undefined);
    },
    handleTerminalLink: async ({ target, reference }) => {
      const at = new vscode.Position(reference.line - 1, (reference.column ?? 1) - 1);
      await vscode.window.showTextDocument(target, { selection: new vscode.Range(at, at) });
    },
  };
  return vscode.window.registerTerminalLinkProvider(provider);
}

async function link(reference: FileReference, workdir: string): Promise<FileLink | undefined> {
  const path = insideProject(reference.path, workdir);
  if (path === undefined) return undefined;
  const target = await findLocal(path);
  if (target === undefined) return undefined;
  const { start: startIndex, length } = reference;
  return { startIndex, length, tooltip: `Open ${path}`, target, reference };
}

/** The file in a workspace folder, or an open file that is not saved yet. */
async function findLocal(path: string): Promise<vscode.Uri | undefined> {
  const name = path.split('/').at(-1);
  const open = vscode.workspace.textDocuments.find(
    ({ uri, isUntitled }) => uri.path === path || (isUntitled && uri.path === name),
  );
  if (open !== undefined) return open.uri;
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const uri = vscode.Uri.joinPath(folder.uri, path);
    const there = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (there) return uri;
  }
  return undefined;
}
