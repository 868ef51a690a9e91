import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { ensureSession, type ChosenSession } from '../sessions/choose.ts';
import { startSession } from '../sessions/start.ts';
import { offerChanges } from './bringBack.ts';
import { documentOf, trusted } from './document.ts';
import { projectFor, type Project } from './project.ts';
import { watchRun } from './runTracker.ts';
import { saveOthers } from './saveOthers.ts';
import { syncProject } from './syncProject.ts';

/** Runs the text in the editor, saved or not, in the current session, with its project around it. */
export async function runEditor(app: App, uri: unknown, echo: boolean): Promise<void> {
  const document = await documentOf(uri);
  if (document === undefined || !(await trusted())) return;
  const first = await ensureSession(app, document.uri);
  if (first === undefined) return;
  const found = await inProject(app, first, document);
  if (found === undefined) return;
  const { chosen, project } = found;
  if (project !== undefined && !(await saveOthers(project, document))) return;
  const terminal = app.terminals.show(chosen.server, chosen.session, { preserveFocus: true, as: 'write' });
  const text = document.getText().replaceAll('\r\n', '\n');
  const started = performance.now();
  if (project !== undefined && !(await syncProject(project, text))) return;
  app.log.info(`project files in step after ${Math.round(performance.now() - started)} ms`);
  const name = project?.relative(document.uri) ?? document.uri.path.split('/').at(-1) ?? 'script.R';
  const id = terminal.link.run({ name, text, echo });
  if (project === undefined) return;
  const ended = await watchRun(terminal.link, id);
  if (ended) await offerChanges(app, project);
}

/** The project to send, when the session works in its folder; a session of another folder is asked about. */
async function inProject(
  app: App,
  chosen: ChosenSession,
  { uri }: vscode.TextDocument,
): Promise<{ chosen: ChosenSession; project: Project | undefined } | undefined> {
  const project = projectFor(app, chosen.server, uri);
  if (project === undefined) return { chosen, project };
  const folder = await project.sync.folder();
  if (folder.id === chosen.session.folderId) return { chosen, project };
  const start = 'New Session';
  const anyway = 'Run Here';
  const text = `The session “${chosen.session.name}” works in another folder than “${project.name}”.`;
  const detail =
    'The files of the project are not beside the script there: relative paths would not find them.';
  const answer = await vscode.window.showWarningMessage(text, { modal: true, detail }, start, anyway);
  if (answer === anyway) return { chosen, project: undefined };
  return answer === start ? { chosen: await startSession(app, chosen.server, uri), project } : undefined;
}
