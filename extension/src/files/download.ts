import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { getFile } from '@farside/client';
import type { SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { bytesText } from '../ui/bytes.ts';
import { withCancel } from '../ui/progress.ts';
import { percentSteps } from './percent.ts';

const SHOWN_MS = 5_000;

/** Asks which file and where to, and fetches it. What was cancelled goes on the next time. @throws FarsideError */
export async function downloadFromSession(
  server: ServerConnection,
  session: Pick<SessionInfo, 'id' | 'name'>,
): Promise<void> {
  const path = await chooseFile(server, session);
  if (path === undefined) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  // Of a name that comes from the server only the last part is used, as a proposal.
  const name = basename(path).replace(/[\p{Cc}\\:*?"<>|]/gu, '_');
  const to = await vscode.window.showSaveDialog({
    title: `Save “${path}” of “${session.name}”`,
    ...(folder?.scheme === 'file' && { defaultUri: vscode.Uri.file(join(folder.fsPath, name)) }),
  });
  if (to === undefined || to.scheme !== 'file') return;
  const { size } = await withCancel(`Downloading ${path}`, (signal, report) => {
    let receiving: ((bytes: number) => void) | undefined;
    const onProgress = (bytes: number, total: number): void =>
      (receiving ??= percentSteps(total, report))(bytes);
    return getFile(server.client, { session: session.id, path, to: to.fsPath, signal, onProgress });
  });
  vscode.window.setStatusBarMessage(
    `Saved ${bytesText(size)} to ${vscode.workspace.asRelativePath(to)}`,
    SHOWN_MS,
  );
}

async function chooseFile(
  server: ServerConnection,
  session: Pick<SessionInfo, 'id' | 'name'>,
): Promise<string | undefined> {
  const files = await server.client.call('files', { params: { id: session.id } });
  if (files.length === 0) {
    void vscode.window.showInformationMessage(`The session “${session.name}” has no files.`);
    return undefined;
  }
  const items = files.map(({ path, size }) => ({ label: path, description: bytesText(size) }));
  const placeHolder = `File of “${session.name}” to download`;
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.label;
}
