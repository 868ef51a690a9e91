import * as vscode from 'vscode';

/** A tooltip of a bold title and labelled rows. What a server or a session said is text, never markup. */
export function rowsTooltip(
  title: string,
  rows: readonly (readonly [string, string])[],
): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString('**').appendText(title).appendMarkdown('**');
  for (const [label, text] of rows) tooltip.appendMarkdown(`\n\n${label}: `).appendText(text);
  return tooltip;
}

/** Date and time as the user's machine writes them. */
export const whenText = (ms: number): string => new Date(ms).toLocaleString();
