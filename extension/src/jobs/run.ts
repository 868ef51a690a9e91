import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { projectFor } from '../run/project.ts';
import { documentOf, trusted } from '../run/document.ts';
import { saveOthers } from '../run/saveOthers.ts';
import { syncProject } from '../run/syncProject.ts';
import { chooseServer } from '../servers/choose.ts';
import { withCancel } from '../ui/progress.ts';
import type { JobOptions } from './options.ts';

const SHOWN_MS = 5_000;

/**
 * Runs the text in the editor, saved or not, in an R of its own, with its project around it. Asks nothing but what a
 * first run asks. @throws FarsideError
 */
export async function runAsJob(
  app: App,
  uri: unknown,
  options: () => Promise<JobOptions | undefined>,
): Promise<void> {
  const document = await documentOf(uri);
  if (document === undefined || !(await trusted())) return;
  const server = app.current.get()?.server ?? (await chooseServer(app));
  const chosen = server && (await options());
  if (server === undefined || chosen === undefined) return;
  const project = projectFor(app, server, document.uri);
  if (project !== undefined && !(await saveOthers(project, document))) return;
  const script = document.getText().replaceAll('\r\n', '\n');
  if (project !== undefined && !(await syncProject(project, script))) return;
  const name = document.uri.path.split('/').at(-1) ?? 'script.R';
  const file = project?.relative(document.uri) ?? name;
  await withCancel(`Starting the job “${name}” on ${server.entry.name}…`, async (signal) => {
    const folderId = (await project?.sync.folder(signal))?.id;
    await server.client.call('startJob', { body: { name, file, script, folderId, ...chosen }, signal });
  });
  await server.refresh();
  vscode.window.setStatusBarMessage(`Farside: the job “${name}” runs on ${server.entry.name}`, SHOWN_MS);
}
