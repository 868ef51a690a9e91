import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { findR, isProgram, listFolder, type Found } from '@farside/client';
import { config } from '../config.ts';

/** The R of this machine, looked for anew each time: it may have been installed meanwhile. */
export const localProgram = (): Found =>
  findR({
    platform: process.platform,
    env: process.env,
    home: homedir(),
    setting: config.localRPath(),
    isProgram,
    list: listFolder,
  });

/** Where local R works: the folder of the workspace, where it is one of this machine. */
export function localFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  return folder?.uri.fsPath ?? homedir();
}

const OPEN_REMOTE = 'Open Remote Terminal';
const SETTINGS = 'Open Settings';
const TRUST = 'Manage Workspace Trust';

/** The program of a new local R; undefined when there is none or it must not run, which was said then. */
export function startableProgram(): string | undefined {
  if (!vscode.workspace.isTrusted) {
    const text =
      'Local R does not start in a workspace that is not trusted: R runs the .Rprofile of its folder. Trust the workspace first.';
    void tell(text, { [TRUST]: 'workbench.trust.manage' });
    return undefined;
  }
  const found = localProgram();
  if ('path' in found) return found.path;
  const text = `${found.missing} Remote R works without it.`;
  void tell(text, { [OPEN_REMOTE]: 'farside.openTerminal', [SETTINGS]: 'workbench.action.openSettings' });
  return undefined;
}

async function tell(text: string, buttons: Readonly<Record<string, string>>): Promise<void> {
  const answer = await vscode.window.showWarningMessage(text, ...Object.keys(buttons));
  const command = answer && buttons[answer];
  if (command === undefined || command === '') return;
  await vscode.commands.executeCommand(command, ...(answer === SETTINGS ? ['farside.localR.path'] : []));
}
