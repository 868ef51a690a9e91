import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { FromPlots, ToPlots } from '@farside/protocol';
import { fillPage } from './page.ts';

export const VIEW_TYPE = 'farside.plots';

/** The editor tab with the plots: beside the code, for the terminal sits below. Made when it is first needed. */
export class PlotsPanel implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #onMessage: (message: FromPlots) => void;
  #panel: vscode.WebviewPanel | undefined;

  constructor(extension: vscode.Uri, onMessage: (message: FromPlots) => void) {
    this.#extension = extension;
    this.#onMessage = onMessage;
  }

  /** Shows the tab, made beside the editor in hand when there is none. */
  show(preserveFocus: boolean): void {
    const panel = this.#panel;
    if (panel === undefined) {
      const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus };
      this.adopt(vscode.window.createWebviewPanel(VIEW_TYPE, 'Plots', column));
    } else if (!panel.visible || !preserveFocus) panel.reveal(undefined, preserveFocus);
  }

  /** Takes a new panel, or one that VS Code brings back after a reload. */
  adopt(panel: vscode.WebviewPanel): void {
    this.#panel?.dispose();
    this.#panel = panel;
    const files = vscode.Uri.joinPath(this.#extension, 'dist', 'webview');
    panel.webview.options = { enableScripts: true, localResourceRoots: [files] };
    panel.webview.onDidReceiveMessage((message: FromPlots) => this.#onMessage(message));
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    panel.webview.html = this.#page(panel.webview, files);
  }

  /** Lost when there is no panel: a new one asks for everything with `ready`. */
  post(message: ToPlots): void {
    void this.#panel?.webview.postMessage(message);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #page(webview: vscode.Webview, files: vscode.Uri): string {
    const url = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(files, name)).toString();
    const document = vscode.Uri.joinPath(this.#extension, 'extension', 'media', 'webview.html');
    return fillPage(readFileSync(document.fsPath, 'utf8'), {
      title: 'Plots',
      nonce: randomUUID(),
      script: url('plots.js'),
      style: url('plots.css'),
      source: webview.cspSource,
    });
  }
}
