import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { putFile } from '@farside/client';
import { bytesText, FarsideError, type SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { counted } from '../ui/counted.ts';
import { withCancel } from '../ui/progress.ts';
import { manyFiles, named } from './many.ts';
import { diskPath } from './place.ts';
import { filesBelow, type TreeFile } from './tree.ts';
import { askPath } from './upload.ts';

type Session = Pick<SessionInfo, 'id' | 'name'>;

interface FolderUpload {
  readonly server: ServerConnection;
  readonly session: Session;
  /** The local folder. */
  readonly from: string;
  /** The folder it becomes. */
  readonly to: string;
}

/** Asks for a local folder and a place, and sends everything in it. Sent again, it goes on. @throws FarsideError */
export async function uploadFolderToSession(server: ServerConnection, session: Session): Promise<void> {
  const title = `Upload a Folder to “${session.name}”`;
  const kind = { canSelectFiles: false, canSelectFolders: true };
  const options = { title, openLabel: 'Upload', ...kind };
  const from = diskPath((await vscode.window.showOpenDialog(options))?.[0]);
  if (from === undefined) return;
  const to = await askPath(title, basename(from));
  if (to === undefined) return;
  const job = { server, session, from, to };
  const label = `Uploading the folder ${to}`;
  const files = await withCancel(label, (signal) => filesBelow(job.from, signal));
  if (files.length === 0)
    return void vscode.window.showInformationMessage(`The folder “${basename(job.from)}” has no files.`);
  const others = await withCancel(label, (signal, report) => {
    const onFile = manyFiles(files, report);
    return sendAll(job, files, { signal, onFile });
  });
  const replaced = others.length === 0 || (await replaceAll(job, label, others));
  const sent = replaced ? files : files.filter((file) => !others.includes(file));
  const size = bytesText(sent.reduce((sum, one) => sum + one.size, 0));
  const all = counted(files.length, 'file');
  const count = sent.length === files.length ? all : `${sent.length} of ${all}`;
  void vscode.window.showInformationMessage(`Uploaded ${count} (${size}) to “${to}” of “${session.name}”.`);
}

interface Sending {
  readonly signal: AbortSignal;
  readonly overwrite?: boolean;
  readonly onFile: (file: TreeFile) => void;
}

/** Those that were not sent, since other files have their names. */
async function sendAll(
  { server, session, from, to }: FolderUpload,
  files: readonly TreeFile[],
  { signal, overwrite, onFile }: Sending,
): Promise<readonly TreeFile[]> {
  const others: TreeFile[] = [];
  for (const file of files) {
    onFile(file);
    const job = { session: session.id, from: join(from, file.path), path: `${to}/${file.path}`, signal };
    await putFile(server.client, { ...job, overwrite }).catch((error: unknown) => {
      if (!(error instanceof FarsideError) || error.code !== 'fileConflict') throw error;
      others.push(file);
    });
  }
  return others;
}

/** One question for all of them, when the rest is there. */
async function replaceAll(job: FolderUpload, label: string, others: readonly TreeFile[]): Promise<boolean> {
  const where = `The session “${job.session.name}” has`;
  const question =
    others.length === 1
      ? `${where} another file “${job.to}/${others[0]?.path}”.`
      : `${where} ${others.length} other files of these names in “${job.to}”.`;
  const replace = others.length === 1 ? 'Replace It' : 'Replace Them';
  const rest = 'Everything else has been uploaded.';
  const detail = others.length === 1 ? rest : `${named(others)}\n\n${rest}`;
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, replace);
  if (answer !== replace) return false;
  await withCancel(label, (signal, report) => {
    const onFile = manyFiles(others, report);
    return sendAll(job, others, { signal, overwrite: true, onFile });
  });
  return true;
}
