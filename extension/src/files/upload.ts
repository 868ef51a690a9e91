import { basename } from 'node:path';
import * as vscode from 'vscode';
import { putFile } from '@farside/client';
import { bytesText, FarsideError, type SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { withCancel } from '../ui/progress.ts';
import { percentSteps } from './percent.ts';
import { diskPath } from './place.ts';
import { pathProblem } from './remotePath.ts';

type Session = Pick<SessionInfo, 'id' | 'name'>;
const SHOWN_MS = 5_000;

/** Asks for local files and a place, and sends them. What was cancelled goes on the next time. @throws FarsideError */
export async function uploadToSession(server: ServerConnection, session: Session): Promise<void> {
  const title = `Upload to “${session.name}”`;
  const chosen = await vscode.window.showOpenDialog({ title, openLabel: 'Upload', canSelectMany: true });
  const files = (chosen ?? []).map(diskPath).filter((path) => path !== undefined);
  if (files.length === 0) return;
  const path = files.length === 1 ? await askPath(title, basename(files[0] ?? '')) : undefined;
  if (files.length === 1 && path === undefined) return;
  for (const from of files) await uploadOne(server, session, from, path ?? basename(from));
}

/** Sends one file; asks before it replaces another. */
export async function uploadOne(
  server: ServerConnection,
  session: Session,
  from: string,
  path: string,
): Promise<void> {
  try {
    await send(server, session, { from, path });
  } catch (error) {
    if (!(error instanceof FarsideError) || error.code !== 'fileConflict') throw error;
    const replace = 'Replace';
    const question = `The session “${session.name}” has another file “${path}”.`;
    const detail = 'Its content differs from that of your file.';
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, replace);
    if (answer !== replace) return;
    await send(server, session, { from, path, overwrite: true });
  }
}

async function send(
  server: ServerConnection,
  session: Session,
  job: { from: string; path: string; overwrite?: boolean },
): Promise<void> {
  const { size: total } = await vscode.workspace.fs.stat(vscode.Uri.file(job.from));
  const { size } = await withCancel(`Uploading ${job.path}`, (signal, report) => {
    const sending = percentSteps(total, report);
    const onProgress = (step: 'hashing' | 'sending', bytes: number): void =>
      step === 'hashing' ? report({ message: 'reading it first' }) : sending(bytes);
    return putFile(server.client, { session: session.id, ...job, signal, onProgress });
  });
  vscode.window.setStatusBarMessage(`Uploaded ${job.path} (${bytesText(size)})`, SHOWN_MS);
}

/** A place in the working directory; what can not be one is said while it is typed. */
export function askPath(title: string, value: string): Thenable<string | undefined> {
  const prompt = 'Name in the session’s working directory; folders are made';
  const validateInput = pathProblem;
  return vscode.window.showInputBox({ title, prompt, value, ignoreFocusOut: true, validateInput });
}
