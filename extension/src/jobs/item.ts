import * as vscode from 'vscode';
import { bytesText, isJobOver, type JobInfo } from '@farside/protocol';
import { rowsTooltip, whenText } from '../ui/tooltip.ts';
import { counted } from '../ui/counted.ts';
import { jobDetail, jobLook, jobRows } from './describe.ts';
import { partsOf, type JobNode } from './nodes.ts';

/** The row of a job. `serverName`: when there are several servers. */
export function jobItem(node: JobNode & { kind: 'job' }, serverName?: string): vscode.TreeItem {
  const { job, server } = node;
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(job.name, partsOf(node).length === 0 ? None : Collapsed);
  const now = Date.now();
  item.id = `${server.entry.url} ${job.id}`;
  item.description = jobDetail(job, now, serverName);
  item.iconPath = new vscode.ThemeIcon(jobLook(job.state).icon, colorOf(job));
  item.contextValue = contextOf(job);
  item.tooltip = rowsTooltip(job.name, jobRows(job, now, whenText));
  item.accessibilityInformation = { label: `Job ${job.name}, ${item.description}` };
  const command = isJobOver(job.state) ? 'farside.jobLog' : 'farside.openJob';
  item.command = { command, title: 'Open', arguments: [node] };
  return item;
}

/** The row of something a job made, or of a call of its traceback. */
export function jobPartItem(node: Exclude<JobNode, { kind: 'job' }>): vscode.TreeItem {
  const item = new vscode.TreeItem('');
  item.contextValue = node.kind;
  const show = (label: string, icon: string, command: string, title: string): void => {
    item.label = label;
    item.iconPath = new vscode.ThemeIcon(icon);
    item.command = { command, title, arguments: [node] };
  };
  switch (node.kind) {
    case 'jobPlots':
      show(counted(node.job.plots, 'plot'), 'graph-line', 'farside.jobPlots', 'Open');
      break;
    case 'jobFile':
      show(node.path, 'file', 'farside.bringBackJobFiles', 'Bring Back');
      item.tooltip = `${node.path}\nMade or changed by the job; select to bring it to your folder.`;
      break;
    case 'jobResult': {
      const result = node.job.results.find(({ name }) => name === node.name);
      show(node.name, 'symbol-variable', 'farside.saveJobResult', 'Save');
      if (result) item.description = `${result.class} · ${bytesText(result.size)}`;
      item.tooltip = 'Kept by the job; select to save it as RDS.';
      break;
    }
    case 'jobCall': {
      const isError = node.at === 0;
      show(node.text, isError ? 'error' : 'debug-stackframe', 'farside.jobLog', 'Open');
      item.tooltip = node.text;
      break;
    }
  }
  return item;
}

/** `job.running` or `job.over`, and what there is to get: menus look for these words. */
function contextOf(job: JobInfo): string {
  const words = ['job', isJobOver(job.state) ? 'over' : 'running'];
  if (job.plots > 0) words.push('plots');
  if (job.results.length > 0) words.push('results');
  if (job.files.length > 0) words.push('files');
  return words.join('.');
}

function colorOf({ state }: JobInfo): vscode.ThemeColor | undefined {
  switch (state) {
    case 'succeeded':
      return new vscode.ThemeColor('testing.iconPassed');
    case 'failed':
      return new vscode.ThemeColor('list.errorForeground');
    case 'waiting':
    case 'lost':
      return new vscode.ThemeColor('list.warningForeground');
    case 'cancelled':
      return new vscode.ThemeColor('disabledForeground');
    default:
      return undefined;
  }
}
