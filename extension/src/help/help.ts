import type * as vscode from 'vscode';
import type { FarsideClient } from '@farside/client';
import type { FromHelp, HelpTarget, ToHelp } from '@farside/protocol';
import { toFarsideError } from '../ui/toError.ts';
import { openWeb } from '../show/web.ts';
import { HelpPanel } from './panel.ts';
import { readPage } from './pages.ts';

/** Whose packages help is about. */
export interface HelpSource {
  readonly client: FarsideClient;
  /** Its library paths count, also when it is busy or over. */
  readonly session?: string;
}

interface Visit {
  readonly source: HelpSource;
  readonly target: HelpTarget;
}

/** So many pages one can go back. */
const MAX_VISITS = 100;

/** Help in an editor tab, with a way back. */
export class Help implements vscode.Disposable {
  readonly #panel: HelpPanel;
  #visits: Visit[] = [];
  #at = -1;
  #turn = 0;

  constructor(extension: vscode.Uri) {
    this.#panel = new HelpPanel(extension, (message) => this.#asked(message));
  }

  /** Opens a page; errors are shown in the tab. */
  async open(source: HelpSource, target: HelpTarget, preserveFocus = true): Promise<void> {
    this.#visits = [...this.#visits.slice(0, this.#at + 1), { source, target }].slice(-MAX_VISITS);
    this.#at = this.#visits.length - 1;
    await this.#show(preserveFocus);
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #asked(message: FromHelp): void {
    const here = this.#visits[this.#at];
    if (message.type === 'external') void openWeb(message.url);
    else if (message.type === 'open' && here) void this.open(here.source, message.target, false);
    else if (message.type === 'go') {
      const next = this.#at + (message.way === 'back' ? -1 : 1);
      if (this.#visits[next] === undefined) return;
      this.#at = next;
      void this.#show(false);
    }
  }

  async #show(preserveFocus: boolean): Promise<void> {
    const visit = this.#visits[this.#at];
    if (visit === undefined) return;
    const turn = ++this.#turn;
    const message = await this.#read(visit);
    // Somebody went on meanwhile.
    if (turn === this.#turn) this.#panel.show(message, preserveFocus);
  }

  async #read({ source, target }: Visit): Promise<ToHelp> {
    const way = { back: this.#at > 0, forward: this.#at < this.#visits.length - 1 };
    try {
      return { type: 'page', ...(await readPage(source.client, source.session, target)), ...way };
    } catch (error) {
      return { type: 'failed', message: toFarsideError(error).text, ...way };
    }
  }
}
