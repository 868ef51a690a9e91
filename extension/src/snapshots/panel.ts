import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { FromSnapshots, ToSnapshots } from '@farside/protocol';
import { fillPage } from '../plots/page.ts';

export const VIEW_TYPE = 'farside.snapshots';

/** The editor tab with the list of snapshots. Made when it is first needed; a reload brings it back. */
export class SnapshotsPanel implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #onMessage: (message: FromSnapshots) => void;
  #panel: vscode.WebviewPanel | undefined;

  constructor(extension: vscode.Uri, onMessage: (message: FromSnapshots) => void) {
    this.#extension = extension;
    this.#onMessage = onMessage;
  }

  get isOpen(): boolean {
    return this.#panel !== undefined;
  }

  show(): void {
    if (this.#panel === undefined)
      this.adopt(vscode.window.createWebviewPanel(VIEW_TYPE, 'Snapshots', vscode.ViewColumn.Active));
    else this.#panel.reveal();
  }

  /** Takes a new panel, or one that VS Code brings back after a reload. */
  adopt(panel: vscode.WebviewPanel): void {
    this.#panel?.dispose();
    this.#panel = panel;
    const files = vscode.Uri.joinPath(this.#extension, 'dist', 'webview');
    panel.webview.options = { enableScripts: true, localResourceRoots: [files] };
    panel.webview.onDidReceiveMessage((message: FromSnapshots) => this.#onMessage(message));
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    panel.webview.html = this.#page(panel.webview, files);
  }

  /** Lost when there is no panel: a new one asks with `ready`. */
  post(message: ToSnapshots): void {
    void this.#panel?.webview.postMessage(message);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #page(webview: vscode.Webview, files: vscode.Uri): string {
    const url = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(files, name)).toString();
    const document = vscode.Uri.joinPath(this.#extension, 'extension', 'media', 'webview.html');
    return fillPage(readFileSync(document.fsPath, 'utf8'), {
      title: 'Snapshots',
      nonce: randomUUID(),
      script: url('snapshots.js'),
      style: url('snapshots.css'),
      source: webview.cspSource,
    });
  }
}
