import { bytesText } from '@farside/protocol';
import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import { toDisk } from '../files/toDisk.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { withCancel } from '../ui/progress.ts';
import { journalText, type OnBytes } from './fetch.ts';
import { journalParts } from './uri.ts';

const SHOWN_MS = 5_000;

/** Asks for a file and writes the whole journal to it, however long it is. @throws FarsideError */
export async function saveJournal(
  server: ServerConnection,
  session: Pick<SessionInfo, 'id' | 'name'>,
): Promise<void> {
  const { path } = journalParts({ url: server.entry.url, session: session.id }, session.name);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = await vscode.window.showSaveDialog({
    title: `Save the Journal of “${session.name}”`,
    defaultUri: folder && vscode.Uri.joinPath(folder, path),
    filters: { Text: ['txt', 'log'] },
  });
  if (file === undefined) return;
  let size = 0;
  await withCancel(`Saving the journal of “${session.name}”`, (signal, report) => {
    const onBytes: OnBytes = (bytes) => report({ message: bytesText((size = bytes)) });
    return write(file, journalText(server.client, session.id, signal), onBytes);
  });
  vscode.window.setStatusBarMessage(
    `Saved ${bytesText(size)} to ${vscode.workspace.asRelativePath(file)}`,
    SHOWN_MS,
  );
}

/** Straight to the disk where that is possible: a journal may be larger than the memory. */
async function write(file: vscode.Uri, pieces: AsyncIterable<Uint8Array>, onBytes: OnBytes): Promise<void> {
  if (file.scheme === 'file') return toDisk(file.fsPath, pieces, onBytes);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    onBytes((size += piece.length));
  }
  await vscode.workspace.fs.writeFile(file, Buffer.concat(parts));
}
