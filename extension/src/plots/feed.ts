import * as vscode from 'vscode';
import { PlotPage, RecordType, fromUtf8, type JournalRecord } from '@farside/protocol';
import type { SessionTerminal } from '../terminal/sessionTerminal.ts';
import type { Terminals } from '../terminal/terminals.ts';

/** A plot record of a session that is open in this window. */
export interface PlotNews {
  readonly terminal: SessionTerminal;
  readonly page: PlotPage;
  /** Drawn just now, or while this window was away; not replayed from before it came. */
  readonly fresh: boolean;
}

/** Hears the plots of all sessions that are open here. */
export class PlotFeed implements vscode.Disposable {
  readonly #news = new vscode.EventEmitter<PlotNews>();
  readonly onDidPlot = this.#news.event;
  readonly #subscriptions: vscode.Disposable[];

  constructor(terminals: Terminals) {
    this.#subscriptions = [terminals.onDidAttach((terminal) => this.#follow(terminal))];
    for (const terminal of terminals.all) this.#follow(terminal);
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose();
    this.#news.dispose();
  }

  /** The link ends with its terminal, and this listener with the link. */
  #follow(terminal: SessionTerminal): void {
    let before: number | undefined;
    terminal.link.onStatus((status) => {
      if (status.state === 'replaying') before ??= status.head;
    });
    terminal.link.onRecord((record) => {
      const page = pageOf(record);
      if (page) this.#news.fire({ terminal, page, fresh: before !== undefined && record.seq > before });
    });
  }
}

function pageOf(record: JournalRecord): PlotPage | undefined {
  if (record.type !== RecordType.plot) return undefined;
  try {
    return PlotPage.safeParse(JSON.parse(fromUtf8(record.payload))).data;
  } catch {
    return undefined;
  }
}
