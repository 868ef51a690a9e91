import { bytesText } from '@farside/protocol';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { getFile, safeRelativePath } from '@farside/client';
import type { FileEntry, SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { counted } from '../ui/counted.ts';
import { withCancel } from '../ui/progress.ts';
import { filesOf } from './download.ts';
import { manyFiles, named } from './many.ts';
import { diskPath } from './place.ts';
import { foldersOf, localName } from './remotePath.ts';

type Session = Pick<SessionInfo, 'id' | 'name'>;

interface Fetch {
  readonly entry: FileEntry;
  /** Where it goes on this machine. */
  readonly to: string;
}

/** Asks which folder and where to, and fetches everything in it. Fetched again, it goes on. @throws FarsideError */
export async function downloadFolderFromSession(server: ServerConnection, session: Session): Promise<void> {
  const files = await filesOf(server, session);
  const folder = await chooseFolder(session, files);
  if (folder === undefined) return;
  const name = localName(folder === '' ? session.name : basename(folder));
  const kind = { canSelectFiles: false, canSelectFolders: true };
  const title = `Save the Folder “${name}” of “${session.name}” in…`;
  const options = { title, openLabel: 'Download Here', ...kind };
  const into = diskPath((await vscode.window.showOpenDialog(options))?.[0]);
  if (into === undefined) return;
  const place = join(into, name);
  const { wanted, refused } = plan(files, folder, place);
  const there = wanted.filter(({ to }) => existsSync(to));
  const keeps = there.length > 0 ? await askReplace(place, there) : [];
  if (keeps === undefined) return;
  const fetched = wanted.filter((one) => !keeps.includes(one));
  await withCancel(`Downloading ${name}`, async (signal, report) => {
    const onFile = manyFiles(
      fetched.map(({ entry }) => entry),
      report,
    );
    for (const { entry, to } of fetched) {
      onFile(entry);
      await mkdir(dirname(to), { recursive: true });
      await getFile(server.client, { session: session.id, path: entry.path, to, signal });
    }
  });
  tell(place, fetched, refused);
}

/** What can not be a name on every system is not written here: a server chose it. */
function plan(
  files: readonly FileEntry[],
  folder: string,
  place: string,
): { wanted: Fetch[]; refused: FileEntry[] } {
  const below = folder === '' ? '' : `${folder}/`;
  const wanted: Fetch[] = [];
  const refused: FileEntry[] = [];
  for (const entry of files.filter(({ path }) => path.startsWith(below)))
    try {
      wanted.push({ entry, to: join(place, safeRelativePath(entry.path.slice(below.length))) });
    } catch {
      refused.push(entry);
    }
  return { wanted, refused };
}

async function chooseFolder(session: Session, files: readonly FileEntry[]): Promise<string | undefined> {
  if (files.length === 0) return undefined;
  const rows = foldersOf(files).map(({ path, count, size }) => ({
    label: path === '' ? 'Working directory' : path,
    description: `${counted(count, 'file')}, ${bytesText(size)}`,
    iconPath: new vscode.ThemeIcon(path === '' ? 'root-folder' : 'folder'),
    path,
  }));
  const title = `Download a Folder of “${session.name}”`;
  return (await vscode.window.showQuickPick(rows, { title, placeHolder: 'Folder to download' }))?.path;
}

/** Those that stay as they are; undefined when the user stops. */
async function askReplace(place: string, there: readonly Fetch[]): Promise<readonly Fetch[] | undefined> {
  const replace = 'Replace';
  const keep = 'Download Only the Others';
  const question = `${counted(there.length, 'file')} of your folder “${basename(place)}” would be replaced.`;
  const detail = named(there.map(({ entry }) => entry));
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, replace, keep);
  if (answer === replace) return [];
  return answer === keep ? there : undefined;
}

function tell(place: string, fetched: readonly Fetch[], refused: readonly FileEntry[]): void {
  const size = bytesText(fetched.reduce((sum, { entry }) => sum + entry.size, 0));
  const text = `Saved ${counted(fetched.length, 'file')} (${size}) to ${vscode.workspace.asRelativePath(place)}.`;
  if (refused.length === 0) return void vscode.window.showInformationMessage(text);
  const names = named(refused).replaceAll('\n', ', ');
  void vscode.window.showWarningMessage(
    `${text} Not saved, since this machine may not take their names: ${names}`,
  );
}
