import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { statusLook, type StatusInput } from './statusText.ts';

const PRIORITY = 100;

/** Says where code will run, and how it stands there. */
export function registerStatusBar(app: App): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('farside.status', vscode.StatusBarAlignment.Left, PRIORITY);
  item.name = 'Farside';
  const show = (): void => {
    const look = statusLook(statusInput(app));
    item.text = look.text;
    item.tooltip = look.tooltip;
    item.command = look.command;
    item.accessibilityInformation = { label: look.tooltip };
    item.backgroundColor = look.warning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    if (app.servers.all.length > 0) item.show();
    else item.hide();
  };
  show();
  return vscode.Disposable.from(item, app.servers.onDidChange(show), app.current.onDidChange(show));
}

function statusInput(app: App): StatusInput {
  const current = app.current.get();
  if (current !== undefined) {
    const { server, session, state, offline, since } = current;
    return {
      kind: 'session',
      server: server.entry.name,
      session: session.name,
      state,
      offline,
      since,
    };
  }
  const [only, ...others] = app.servers.all;
  if (only === undefined) return { kind: 'none' };
  if (others.length > 0) return { kind: 'servers', count: others.length + 1 };
  return { kind: 'server', server: only.entry.name, state: only.state.kind };
}
