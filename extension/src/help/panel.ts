import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { FromHelp, ToHelp } from '@farside/protocol';
import { fillPage } from '../plots/page.ts';

const VIEW_TYPE = 'farside.help';

/** The editor tab with help, beside the code. Made when it is first needed; not brought back by a reload. */
export class HelpPanel implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #onMessage: (message: FromHelp) => void;
  #panel: vscode.WebviewPanel | undefined;
  #last: ToHelp | undefined;
  #isReady = false;

  constructor(extension: vscode.Uri, onMessage: (message: FromHelp) => void) {
    this.#extension = extension;
    this.#onMessage = onMessage;
  }

  /** Shows a page, in a tab made beside the editor in hand when there is none. */
  show(message: ToHelp, preserveFocus: boolean): void {
    this.#last = message;
    if (this.#panel === undefined) this.#make(preserveFocus);
    else if (!this.#panel.visible || !preserveFocus) this.#panel.reveal(undefined, preserveFocus);
    if (this.#panel && message.type === 'page') this.#panel.title = `Help: ${message.title.slice(0, 60)}`;
    this.#post();
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #make(preserveFocus: boolean): void {
    const files = vscode.Uri.joinPath(this.#extension, 'dist', 'webview');
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus };
    const options = { enableScripts: true, localResourceRoots: [files] };
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, 'Help', column, options);
    this.#panel = panel;
    this.#isReady = false;
    panel.webview.onDidReceiveMessage((message: FromHelp) => {
      // Also after the tab was hidden, when its page is made anew.
      if (message.type === 'ready') {
        this.#isReady = true;
        this.#post();
      } else this.#onMessage(message);
    });
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    panel.webview.html = this.#page(panel.webview, files);
  }

  #post(): void {
    if (this.#isReady && this.#last) void this.#panel?.webview.postMessage(this.#last);
  }

  #page(webview: vscode.Webview, files: vscode.Uri): string {
    const url = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(files, name)).toString();
    const document = vscode.Uri.joinPath(this.#extension, 'extension', 'media', 'webview.html');
    return fillPage(readFileSync(document.fsPath, 'utf8'), {
      title: 'Help',
      nonce: randomUUID(),
      script: url('help.js'),
      style: url('help.css'),
      source: webview.cspSource,
      images: 'data:',
    });
  }
}
