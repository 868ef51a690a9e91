import * as vscode from 'vscode';
import { findReferences, insideProject, type FileReference } from './fileLinks.ts';

/** The file in a workspace folder, or an open file that is not saved yet. */
export async function findLocal(path: string): Promise<vscode.Uri | undefined> {
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

export const selectionAt = ({ line, column }: FileReference): vscode.Range => {
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, (column ?? 1) - 1));
  return new vscode.Range(at, at);
};

/** The first local place that a text names, as `vscode.open` wants it. */
export async function placeLink(
  text: string,
  workdir: string | undefined,
): Promise<{ target: vscode.Uri; options: vscode.TextDocumentShowOptions } | undefined> {
  for (const reference of findReferences(text)) {
    const path = insideProject(reference.path, workdir);
    const target = path === undefined ? undefined : await findLocal(path);
    if (target !== undefined) return { target, options: { selection: selectionAt(reference) } };
  }
  return undefined;
}
