import { bytesText } from '@farside/protocol';
import * as vscode from 'vscode';
import type { FileEntry } from '@farside/protocol';
import type { App } from '../app.ts';
import { config } from '../config.ts';
import { guarded } from '../ui/errors.ts';
import { withCancel } from '../ui/progress.ts';
import { counted } from '../ui/counted.ts';
import type { Project } from './project.ts';

/** Files shown by name in the notification. */
const NAMED = 3;

/** After a run: says which files it made or changed, and brings them when asked. Asks about a version only once. */
export async function offerChanges(app: App, project: Project): Promise<void> {
  if (!config.offerChangedFiles()) return;
  const { declined } = project.memory.get();
  const fresh = (await project.sync.changes()).filter((entry) => !declined.includes(version(entry)));
  if (fresh.length === 0) return;
  const bring = fresh.length === 1 ? 'Bring Back 1 File…' : `Bring Back ${fresh.length} Files…`;
  const names = fresh.slice(0, NAMED).map((entry) => entry.path);
  const more = fresh.length > NAMED ? ` and ${fresh.length - NAMED} more` : '';
  const text = `On ${project.server.entry.name} the run made or changed ${names.join(', ')}${more}.`;
  void vscode.window.showInformationMessage(text, bring, 'Not Now').then(async (answer) => {
    if (answer === bring) await guarded(app, () => choose(project, fresh), project.server);
    else await project.memory.update({ declined: fresh.map(version) });
  });
}

/** The same on demand, with everything the server has new. */
export async function bringBack(_app: App, project: Project): Promise<void> {
  const changes = await project.sync.changes();
  if (changes.length > 0) return choose(project, changes);
  void vscode.window.showInformationMessage(`The server has no files of “${project.name}” that are new.`);
}

async function choose(project: Project, entries: readonly FileEntry[]): Promise<void> {
  const rows = await Promise.all(
    entries.map(async (entry) => ({
      label: entry.path,
      description: bytesText(entry.size),
      detail: (await exists(project, entry.path)) ? 'Replaces the file in your folder' : undefined,
      picked: true,
      entry,
    })),
  );
  const picked = await vscode.window.showQuickPick(rows, {
    title: `Farside: Bring Files Back to “${project.name}”`,
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined || picked.length === 0) return;
  const title = `Bringing ${counted(picked.length, 'file')} to “${project.name}”`;
  const wanted = picked.map((row) => row.entry);
  await withCancel(title, (signal) => project.sync.bringBack(wanted, { signal }));
}

async function exists(project: Project, path: string): Promise<boolean> {
  return vscode.workspace.fs.stat(vscode.Uri.joinPath(project.root, path)).then(
    () => true,
    () => false,
  );
}

const version = (entry: FileEntry): string => `${entry.path} ${entry.hash ?? entry.modified}`;
