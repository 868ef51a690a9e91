import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import { bringBack } from '../run/bringBack.ts';
import { projectFor } from '../run/project.ts';
import { withCancel } from '../ui/progress.ts';
import type { ChosenJob } from './choose.ts';

/** The worker of a job, under the job's name. @throws FarsideError */
export async function sessionOfJob({ server, job }: ChosenJob): Promise<SessionInfo> {
  const session = await server.client.call('session', { params: { id: job.session } });
  return { ...session, name: job.name, kind: 'job' };
}

/** Asks for a file and saves an object that a job kept. @throws FarsideError */
export async function saveResult({ server, job }: ChosenJob, wanted?: string): Promise<void> {
  const name = wanted ?? (await chooseResult(job.results));
  if (name === undefined) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = await vscode.window.showSaveDialog({
    title: `Save “${name}” of ${job.name}`,
    defaultUri: folder && vscode.Uri.joinPath(folder, `${name.replace(/[\\/:*?"<>|]/g, '_')}.rds`),
    filters: { 'R object': ['rds'] },
  });
  if (file === undefined) return;
  await withCancel(`Saving “${name}”`, async (signal) => {
    const bytes = await server.client.call('jobResult', { params: { id: job.id, name }, signal });
    await vscode.workspace.fs.writeFile(file, bytes);
  });
  const read = `readRDS("${vscode.workspace.asRelativePath(file)}")`;
  const copy = 'Copy R Code';
  void vscode.window.showInformationMessage(`Saved. Read it with ${read}`, copy).then(async (answer) => {
    if (answer === copy) await vscode.env.clipboard.writeText(read);
  });
}

async function chooseResult(results: ChosenJob['job']['results']): Promise<string | undefined> {
  const rows = results.map(({ name, class: kind }) => ({ label: name, description: kind }));
  if (rows.length <= 1) return rows[0]?.label;
  return (await vscode.window.showQuickPick(rows, { title: 'Farside', placeHolder: 'Result to save' }))
    ?.label;
}

/** Offers the files that the job's folder has new. @throws FarsideError */
export async function bringBackFiles(app: App, { server, job }: ChosenJob): Promise<void> {
  const project = projectFor(app, server);
  const folder = await project?.sync.folder();
  if (project !== undefined && folder?.id === job.folderId) return bringBack(app, project);
  const text = `The job “${job.name}” did not run in the folder that is open here: open its project to bring files back.`;
  void vscode.window.showInformationMessage(text);
}

/** Asks before work is lost, and stops the job. @throws FarsideError */
export async function cancelJob({ server, job }: ChosenJob): Promise<void> {
  const cancel = 'Cancel Job';
  const detail = 'R is interrupted, then ended. What it printed and made stays.';
  const question = `Cancel the job “${job.name}”?`;
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, cancel);
  if (answer !== cancel) return;
  await withCancel(`Cancelling “${job.name}”…`, (signal) =>
    server.client.call('cancelJob', { params: { id: job.id }, signal }),
  );
  await server.refresh();
}

/** Asks, and removes a job with all that belongs to it on the server. @throws FarsideError */
export async function removeJob({ server, job }: ChosenJob): Promise<void> {
  const remove = 'Remove';
  const detail = 'Its output, plots and results are deleted on the server. Project files stay.';
  const question = `Remove the job “${job.name}”?`;
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
  if (answer !== remove) return;
  await server.client.call('removeJob', { params: { id: job.id } });
  await server.refresh();
}
