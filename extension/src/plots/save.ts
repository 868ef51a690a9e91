import * as vscode from 'vscode';
import type { FarsideClient } from '@farside/client';
import type { FromPlots, PlotFormat } from '@farside/protocol';
import { withCancel } from '../ui/progress.ts';
import { draw } from './drawing.ts';

const NAMES: Record<PlotFormat, string> = { png: 'PNG image', svg: 'SVG image', pdf: 'PDF document' };
const SHOWN_MS = 5_000;

/** Asks for a file, has the server draw the page, and writes it. @throws FarsideError */
export async function savePlot(
  client: FarsideClient,
  session: string,
  request: Extract<FromPlots, { type: 'save' }>,
): Promise<void> {
  const { page, format, width, height } = request;
  const file = await vscode.window.showSaveDialog({
    defaultUri: defaultFile(`plot-${page}.${format}`),
    filters: { [NAMES[format]]: [format] },
    title: 'Save Plot',
  });
  if (file === undefined) return;
  await withCancel('Saving the plot', async (signal) => {
    const { bytes } = await draw(client, session, { page, format, width, height, scale: 1 }, signal);
    await vscode.workspace.fs.writeFile(file, bytes);
  });
  vscode.window.setStatusBarMessage(`Saved ${vscode.workspace.asRelativePath(file)}`, SHOWN_MS);
}

function defaultFile(name: string): vscode.Uri | undefined {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder && vscode.Uri.joinPath(folder, name);
}
