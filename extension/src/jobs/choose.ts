import * as vscode from 'vscode';
import type { JobInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { jobDetail, jobLook } from './describe.ts';
import { jobNodeOf } from './nodes.ts';

export interface ChosenJob {
  readonly server: ServerConnection;
  readonly job: JobInfo;
}

/** The job a command was started on, as it is now, or a choice among those that fit. */
export async function jobOf(
  app: App,
  arg: unknown,
  placeHolder: string,
  fits: (job: JobInfo) => boolean = () => true,
): Promise<ChosenJob | undefined> {
  const node = jobNodeOf(arg);
  if (node !== undefined) {
    const { server } = node;
    return { server, job: server.jobs.find(({ id }) => id === node.job.id) ?? node.job };
  }
  const rows = app.servers.all.flatMap((server) =>
    server.jobs.filter(fits).map((job) => ({
      label: job.name,
      description: jobDetail(job, Date.now()),
      iconPath: new vscode.ThemeIcon(jobLook(job.state).icon),
      chosen: { server, job },
    })),
  );
  if (rows.length === 0) return void vscode.window.showInformationMessage('There is no such job.');
  return (await vscode.window.showQuickPick(rows, { title: 'Farside', placeHolder }))?.chosen;
}
