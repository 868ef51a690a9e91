import * as vscode from 'vscode';
import type { FromHelp, ToHelp } from '@farside/protocol';
import { WebviewTab } from '../ui/webviewTab.ts';

/** The editor tab with help, beside the code; not brought back by a reload. */
export class HelpPanel implements vscode.Disposable {
  readonly #tab: WebviewTab<FromHelp, ToHelp>;
  #last: ToHelp | undefined;
  #isReady = false;

  constructor(extension: vscode.Uri, onMessage: (message: FromHelp) => void) {
    const options = {
      viewType: 'farside.help',
      title: 'Help',
      page: 'help',
      column: vscode.ViewColumn.Beside,
      images: 'data:',
    } as const;
    this.#tab = new WebviewTab(extension, options, (message) => {
      // Also after the tab was hidden, when its page is made anew.
      if (message.type === 'ready') {
        this.#isReady = true;
        this.#post();
      } else onMessage(message);
    });
  }

  /** Shows a page, in a tab made beside the editor in hand when there is none. */
  show(message: ToHelp, preserveFocus: boolean): void {
    this.#last = message;
    if (!this.#tab.isOpen) this.#isReady = false;
    this.#tab.show(preserveFocus);
    if (message.type === 'page') this.#tab.title = `Help: ${message.title.slice(0, 60)}`;
    this.#post();
  }

  dispose(): void {
    this.#tab.dispose();
  }

  #post(): void {
    if (this.#isReady && this.#last) this.#tab.post(this.#last);
  }
}
