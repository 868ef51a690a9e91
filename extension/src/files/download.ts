import { bytesText } from '@farside/protocol';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { getFile } from '@farside/client';
import type { FileEntry, SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { withCancel } from '../ui/progress.ts';
import { percentSteps } from './percent.ts';
import { diskPath } from './place.ts';
import { localName } from './remotePath.ts';

const SHOWN_MS = 5_000;
type Session = Pick<SessionInfo, 'id' | 'name'>;

/** Asks which file and where to, and fetches it. What was cancelled goes on the next time. @throws FarsideError */
export async function downloadFromSession(server: ServerConnection, session: Session): Promise<void> {
  const path = await chooseFile(server, session);
  if (path === undefined) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  // Of a name that comes from the server only the last part is used, as a proposal.
  const name = localName(basename(path));
  const chosen = await vscode.window.showSaveDialog({
    title: `Save “${path}” of “${session.name}”`,
    ...(folder?.scheme === 'file' && { defaultUri: vscode.Uri.file(join(folder.fsPath, name)) }),
  });
  const to = diskPath(chosen);
  if (to === undefined) return;
  const { size } = await withCancel(`Downloading ${path}`, (signal, report) => {
    let receiving: ((bytes: number) => void) | undefined;
    const onProgress = (bytes: number, total: number): void =>
      (receiving ??= percentSteps(total, report))(bytes);
    return getFile(server.client, { session: session.id, path, to, signal, onProgress });
  });
  vscode.window.setStatusBarMessage(
    `Saved ${bytesText(size)} to ${vscode.workspace.asRelativePath(to)}`,
    SHOWN_MS,
  );
}

/** Says so when there are none. */
export async function filesOf(server: ServerConnection, session: Session): Promise<readonly FileEntry[]> {
  const files = await server.client.call('files', { params: { id: session.id } });
  if (files.length === 0)
    void vscode.window.showInformationMessage(`The session “${session.name}” has no files.`);
  return files;
}

async function chooseFile(server: ServerConnection, session: Session): Promise<string | undefined> {
  const files = await filesOf(server, session);
  if (files.length === 0) return undefined;
  const items = files.map(({ path, size }) => ({ label: path, description: bytesText(size) }));
  const title = `Download a File of “${session.name}”`;
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'File to download' }))?.label;
}
