import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { registerJobNotices } from './notices.ts';
import type { JobNode } from './nodes.ts';
import { JobsTree } from './tree.ts';

/** The Jobs view, whose badge counts what runs, and the notices at the end of jobs. */
export function registerJobs(app: App): vscode.Disposable {
  const tree = new JobsTree(app);
  const view = vscode.window.createTreeView<JobNode>('farside.jobs', { treeDataProvider: tree });
  let had: boolean | undefined;
  const show = (): void => {
    const { running, count } = tree;
    view.badge =
      running === 0
        ? undefined
        : { value: running, tooltip: running === 1 ? '1 job is running' : `${running} jobs are running` };
    if (had === count > 0) return;
    had = count > 0;
    void vscode.commands.executeCommand('setContext', 'farside.hasJobs', had);
  };
  show();
  return vscode.Disposable.from(tree, view, app.servers.onDidChange(show), registerJobNotices(app));
}
