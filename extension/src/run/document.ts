import * as vscode from 'vscode';

/** The document a command of the editor's menus was started on, else the one in hand. */
export async function documentOf(uri: unknown): Promise<vscode.TextDocument | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  if (!(uri instanceof vscode.Uri) || active?.uri.toString() === uri.toString()) return active;
  return vscode.workspace.openTextDocument(uri);
}

/** A workspace the user does not trust must not run code or send its files by a click. */
export async function trusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const text = 'Running files needs a trusted workspace: its code runs on the server in your name.';
  const answer = await vscode.window.showWarningMessage(text, manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
