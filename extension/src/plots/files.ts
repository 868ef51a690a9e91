import { basename, join } from 'node:path';
import type * as vscode from 'vscode';
import { RecordType } from '@farside/protocol';
import { toDisk } from '../files/toDisk.ts';
import type { SessionTerminal } from '../terminal/sessionTerminal.ts';
import { toFarsideError } from '../ui/toError.ts';
import { DRAW_TIMEOUT_MS } from './drawing.ts';
import type { PlotFeed, PlotNews } from './feed.ts';

/** As mrsdeploy writes them elsewhere: 400 x 400 pixels, `Rplot001.png`. */
const PIXELS = 400;
const nameOf = (page: number): string => `Rplot${String(page).padStart(3, '0')}.png`;

/** Plots that R wants as local files (`writePlots`): written when it is back at a prompt, so that each is complete. */
export class PlotFiles implements vscode.Disposable {
  readonly #waiting = new Map<SessionTerminal, Set<number>>();
  readonly #subscription: vscode.Disposable;

  constructor(feed: PlotFeed) {
    this.#subscription = feed.onDidPlot((news) => this.#hear(news));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #hear({ terminal, page, fresh }: PlotNews): void {
    if (page.removed) return void this.#waiting.get(terminal)?.delete(page.page);
    if (!fresh || terminal.plotWishes.writeTo === undefined) return;
    const pages = this.#waiting.get(terminal) ?? this.#follow(terminal);
    pages.add(page.page);
  }

  /** The link ends with its terminal, and this listener with the link. */
  #follow(terminal: SessionTerminal): Set<number> {
    const pages = new Set<number>();
    this.#waiting.set(terminal, pages);
    let writing = Promise.resolve();
    terminal.link.onRecord(({ type }) => {
      if (type !== RecordType.prompt || pages.size === 0) return;
      const now = [...pages];
      pages.clear();
      writing = writing.then(() => writeAll(terminal, now));
    });
    terminal.link.onStatus(({ state }) => {
      if (state === 'ended' || state === 'closed') this.#waiting.delete(terminal);
    });
    return pages;
  }
}

async function writeAll(terminal: SessionTerminal, pages: readonly number[]): Promise<void> {
  const { writeTo } = terminal.plotWishes;
  if (writeTo === undefined) return;
  for (const page of pages) {
    const path = join(writeTo, nameOf(page));
    try {
      await writePage(terminal, page, path);
      terminal.notice(`[Plot written to ${basename(path)}]`);
    } catch (error) {
      terminal.notice(`[The plot was not written to ${path}: ${toFarsideError(error).text}]`);
    }
  }
}

function writePage({ server, session }: SessionTerminal, page: number, path: string): Promise<void> {
  const query = { format: 'png', width: PIXELS, height: PIXELS, scale: 1 };
  const options = { params: { id: session, page }, query, timeoutMs: DRAW_TIMEOUT_MS };
  return toDisk(path, server.client.stream('plot', options));
}
