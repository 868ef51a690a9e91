import { bytesText } from '@farside/protocol';
import * as vscode from 'vscode';
import type { Lost, SessionInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import { diskPath } from '../files/place.ts';
import { localName } from '../files/remotePath.ts';
import { toDisk } from '../files/toDisk.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { freeName } from '../sessions/start.ts';
import { isAlive } from '../sessions/describe.ts';
import { counted } from '../ui/counted.ts';
import { withCancel } from '../ui/progress.ts';
import { chooseTarget, type ChosenSnapshot } from './choose.ts';
import { lostText, snapshotDetail } from './describe.ts';

/** R may copy for long; whoever waits can cancel. */
const WORK_MS = 6 * 60 * 60_000;
const MAX_NAME = 200;
const DETAILS = 'Show What';

/** Asks for a name and keeps what a session holds. @throws FarsideError */
export async function createSnapshot(
  app: App,
  server: ServerConnection,
  session: SessionInfo,
): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: `Create a Snapshot of “${session.name}”`,
    prompt: 'Name of the snapshot; without one it is called by its time',
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > MAX_NAME ? `At most ${MAX_NAME} characters.` : undefined),
  });
  if (name === undefined) return;
  const made = await withCancel(`Creating a snapshot of “${session.name}”…`, (signal) =>
    server.client.call('makeSnapshot', {
      params: { id: session.id },
      body: { name: name.trim() || undefined },
      signal,
      timeoutMs: WORK_MS,
    }),
  );
  const what = `${counted(made.objects, 'object')}, ${counted(made.files, 'file')}, ${bytesText(made.size)}`;
  tell(app, `Created the snapshot “${made.name}”: ${what}.`, 'not in it', made.lost);
}

/** Asks where to, and merges a snapshot into a session or begins one with it. @throws FarsideError */
export async function loadSnapshot(
  app: App,
  { server, snapshot }: ChosenSnapshot,
  given?: SessionInfo,
): Promise<void> {
  const target = given ?? (await chooseTarget(app, server, `Load “${snapshot.name}”`));
  if (target === undefined) return;
  const attached = await askHow(snapshot.name, target);
  if (attached === undefined) return;
  if (target === 'new') return beginWith(app, { server, snapshot }, attached);
  const params = { id: target.id, snapshotId: snapshot.id };
  const loaded = await withCancel(`Loading “${snapshot.name}” into “${target.name}”…`, (signal) =>
    server.client.call('mergeSnapshot', { params, body: { attached }, signal, timeoutMs: WORK_MS }),
  );
  const { objects, files, packages, lost } = loaded;
  const what = [counted(objects, 'object'), counted(files, 'file')];
  if (packages.length > 0) what.push(counted(packages.length, 'package'));
  tell(app, `Loaded “${snapshot.name}” into “${target.name}”: ${what.join(', ')}.`, 'not restored', lost);
}

/** Whether packages are attached, and options and seed set, too; undefined when the user stops. */
async function askHow(name: string, target: SessionInfo | 'new'): Promise<boolean | undefined> {
  const load = 'Load';
  const all = 'Load and Attach Packages';
  const question =
    target === 'new'
      ? `Begin a session with “${name}”?`
      : `Load “${name}” into the session “${target.name}”?`;
  const merge = 'Objects and files of the same name are replaced; everything else in the session stays.';
  const attach = 'Attaching also sets the options that were changed and the random seed.';
  const detail = target === 'new' ? attach : `${merge} ${attach}`;
  const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, load, all);
  return answer === undefined ? undefined : answer === all;
}

async function beginWith(app: App, { server, snapshot }: ChosenSnapshot, attached: boolean): Promise<void> {
  const taken = server.sessions.filter(isAlive).map((one) => one.name);
  const name = freeName(snapshot.session ?? snapshot.name, taken);
  const body = { name, snapshotId: snapshot.id, attached };
  const session = await withCancel(`Starting R with “${snapshot.name}”…`, (signal) =>
    server.client.call('startSession', { body, signal, timeoutMs: WORK_MS }),
  );
  await server.refresh();
  app.current.set(server, session.id);
  app.terminals.show(server, session);
}

/** Asks for a file and saves the zip. @throws FarsideError */
export async function downloadSnapshot({ server, snapshot }: ChosenSnapshot): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showSaveDialog({
    title: `Save the Snapshot “${snapshot.name}”`,
    ...(folder?.scheme === 'file' && {
      defaultUri: vscode.Uri.joinPath(folder, `${localName(snapshot.name)}.zip`),
    }),
    filters: { 'Zip archive': ['zip'] },
  });
  const file = diskPath(chosen);
  if (file === undefined) return;
  const total = bytesText(snapshot.contentSize);
  await withCancel(`Saving “${snapshot.name}”`, (signal, report) =>
    toDisk(
      file,
      server.client.stream('getSnapshotContent', { params: { id: snapshot.id }, signal, timeoutMs: WORK_MS }),
      (bytes) => report({ message: `${bytesText(bytes)} of ${total}` }),
    ),
  );
  void vscode.window.showInformationMessage(`Saved ${total} to ${vscode.workspace.asRelativePath(file)}.`);
}

/** Asks, and deletes for good. @throws FarsideError */
export async function deleteSnapshot({ server, snapshot }: ChosenSnapshot): Promise<void> {
  const remove = 'Delete';
  const question = `Delete the snapshot “${snapshot.name}”?`;
  const detail = `${snapshotDetail(snapshot)}\nIt can not be brought back. Sessions that loaded it keep what they have.`;
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
  if (answer !== remove) return;
  await server.client.call('deleteSnapshot', { params: { id: snapshot.id } });
}

/** What could not travel is never silent; all of it is in the log. */
function tell(app: App, text: string, how: string, lost: readonly Lost[]): void {
  if (lost.length === 0) return void vscode.window.showInformationMessage(text);
  for (const { name, reason } of lost) app.log.warn(`${how}: ${name}: ${reason}`);
  const count = lost.length === 1 ? '1 thing is' : `${lost.length} things are`;
  void vscode.window.showWarningMessage(`${text} ${count} ${how}.`, DETAILS).then((answer) => {
    if (answer !== DETAILS) return;
    const title = `${count} ${how}`;
    void vscode.window.showInformationMessage(title, { modal: true, detail: lostText(lost) });
  });
}
