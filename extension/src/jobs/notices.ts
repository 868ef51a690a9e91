import * as vscode from 'vscode';
import type { JobInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import { config } from '../config.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { endText } from './describe.ts';
import { newsOf, type Told } from './told.ts';

/** The window that the user looks at tells; another one only when it does not. */
const OTHER_WINDOW_MS = 3_000;

const LOG = 'Show Log';
const PLOTS = 'Open Plots';

/** Says when a job is over, once, in one window, also when it ended while VS Code was closed. */
export function registerJobNotices(app: App): vscode.Disposable {
  const waiting = new Map<ServerConnection, NodeJS.Timeout>();
  const look = (): void => {
    for (const server of app.servers.all) {
      if (server.state.kind !== 'ready' || waiting.has(server) || fresh(app, server).length === 0) continue;
      const wait = vscode.window.state.focused ? 0 : OTHER_WINDOW_MS;
      const tell = (): void => {
        waiting.delete(server);
        for (const job of take(app, server)) void notify(server, job);
      };
      waiting.set(server, setTimeout(tell, wait));
    }
  };
  return vscode.Disposable.from(app.servers.onDidChange(look), {
    dispose: () => waiting.forEach((timer) => clearTimeout(timer)),
  });
}

const keyOf = (server: ServerConnection): string => `farside.jobsTold ${server.entry.url}`;

function fresh(app: App, server: ServerConnection): readonly JobInfo[] {
  const before = app.context.globalState.get<Told>(keyOf(server));
  const { news, told } = newsOf(server.jobs, before, Date.now());
  if (before === undefined) void app.context.globalState.update(keyOf(server), told);
  return news;
}

/** The news, which from now on are told. */
function take(app: App, server: ServerConnection): readonly JobInfo[] {
  const { news, told } = newsOf(server.jobs, app.context.globalState.get<Told>(keyOf(server)), Date.now());
  void app.context.globalState.update(keyOf(server), told);
  return config.notifyOfJobs() ? news : [];
}

async function notify(server: ServerConnection, job: JobInfo): Promise<void> {
  const buttons = job.plots > 0 ? [LOG, PLOTS] : [LOG];
  const good = job.state === 'succeeded' || job.state === 'cancelled';
  const show = good ? vscode.window.showInformationMessage : vscode.window.showErrorMessage;
  const answer = await show(endText(job), ...buttons);
  if (answer === undefined) return;
  const command = answer === LOG ? 'farside.jobLog' : 'farside.jobPlots';
  await vscode.commands.executeCommand(command, { kind: 'job', server, job });
}
