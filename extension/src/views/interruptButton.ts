import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { Rung } from '../sessions/ladder.ts';

/** Right of the item that says where code runs. */
const PRIORITY = 99;
/** Most commands are done sooner: a button that flashes is noise. */
const SHOW_AFTER_MS = 1_000;

const LOOKS: Readonly<Record<Rung, { readonly text: string; readonly tooltip: string }>> = {
  interrupt: { text: '$(debug-stop) Interrupt', tooltip: 'Interrupt R, as Ctrl+C does' },
  stronger: {
    text: '$(debug-stop) Interrupt Again (stronger)',
    tooltip: 'R did not stop yet: interrupt it again and end the programs it has started',
  },
  end: {
    text: '$(warning) End R…',
    tooltip: 'R does not stop: end it, keeping files and output, and save its objects if it still can',
  },
};

/** While the session in hand is busy: the next rung of the ladder, one click away. */
export function registerInterruptButton(app: App): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'farside.interrupt',
    vscode.StatusBarAlignment.Left,
    PRIORITY,
  );
  item.name = 'Farside: Interrupt';
  item.command = 'farside.interrupt';
  let timer: NodeJS.Timeout | undefined;
  let wasBusy: boolean | undefined;
  const hide = (): void => {
    clearTimeout(timer);
    timer = undefined;
    item.hide();
  };
  const show = (): void => {
    const current = app.current.get();
    const busy = current?.state.state === 'busy' && !current.offline;
    if (busy !== wasBusy) void vscode.commands.executeCommand('setContext', 'farside.busy', busy);
    wasBusy = busy;
    if (!busy) return hide();
    const rung = app.interrupts.next(current.server, current.session.id);
    const { text, tooltip } = LOOKS[rung];
    item.text = text;
    item.tooltip = `${tooltip} (${current.session.name})`;
    item.accessibilityInformation = { label: item.tooltip, role: 'button' };
    item.backgroundColor =
      rung === 'end' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    timer ??= setTimeout(() => item.show(), rung === 'interrupt' ? SHOW_AFTER_MS : 0);
  };
  show();
  const subscriptions = [app.current.onDidChange(show), app.interrupts.onDidChange(show)];
  return vscode.Disposable.from(item, { dispose: () => clearTimeout(timer) }, ...subscriptions);
}
