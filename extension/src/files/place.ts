import * as vscode from 'vscode';

/**
 * Path of a place that the user chose; transfers go on where they stopped, so they need a real disk. In a remote window
 * a dialog also offers the machine of the editor, which the extension can not reach: that is said.
 */
export function diskPath(chosen: vscode.Uri | undefined): string | undefined {
  if (chosen === undefined) return undefined;
  if (chosen.scheme === 'file') return chosen.fsPath;
  const text = `Farside can not read or write ${chosen.scheme}: places. Choose one on the machine that this window works on.`;
  void vscode.window.showWarningMessage(text);
  return undefined;
}
