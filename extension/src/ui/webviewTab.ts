import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { fillPage, type PageParts } from './page.ts';

export interface WebviewTabOptions {
  readonly viewType: string;
  readonly title: string;
  /** The folder of webview/ that is shown. */
  readonly page: string;
  /** Where a new tab opens. */
  readonly column: vscode.ViewColumn;
  readonly images?: PageParts['images'];
}

/** An editor tab with one of our pages; made when it is first needed, and again after it was closed. */
export class WebviewTab<From, To> implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #options: WebviewTabOptions;
  readonly #onMessage: (message: From) => void;
  #panel: vscode.WebviewPanel | undefined;

  constructor(extension: vscode.Uri, options: WebviewTabOptions, onMessage: (message: From) => void) {
    this.#extension = extension;
    this.#options = options;
    this.#onMessage = onMessage;
  }

  get isOpen(): boolean {
    return this.#panel !== undefined;
  }

  set title(title: string) {
    if (this.#panel) this.#panel.title = title;
  }

  show(preserveFocus: boolean): void {
    const { viewType, title, column: viewColumn } = this.#options;
    const panel = this.#panel;
    if (panel === undefined)
      this.#adopt(vscode.window.createWebviewPanel(viewType, title, { viewColumn, preserveFocus }));
    else if (!panel.visible || !preserveFocus) panel.reveal(undefined, preserveFocus);
  }

  /** Lost when there is no tab: a new one asks for everything with `ready`. */
  post(message: To): void {
    void this.#panel?.webview.postMessage(message);
  }

  /** From now on VS Code brings the tab back after a reload. */
  revives(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(this.#options.viewType, {
      deserializeWebviewPanel: (panel) => {
        this.#adopt(panel);
        return Promise.resolve();
      },
    });
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel?.dispose();
    this.#panel = panel;
    const files = vscode.Uri.joinPath(this.#extension, 'dist', 'webview');
    panel.webview.options = { enableScripts: true, localResourceRoots: [files] };
    panel.webview.onDidReceiveMessage((message: From) => this.#onMessage(message));
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    panel.webview.html = this.#html(panel.webview, files);
  }

  #html(webview: vscode.Webview, files: vscode.Uri): string {
    const { title, page, images } = this.#options;
    const url = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(files, name)).toString();
    const document = vscode.Uri.joinPath(this.#extension, 'extension', 'media', 'webview.html');
    return fillPage(readFileSync(document.fsPath, 'utf8'), {
      title,
      nonce: randomUUID(),
      script: url(`${page}.js`),
      style: url(`${page}.css`),
      source: webview.cspSource,
      ...(images && { images }),
    });
  }
}
