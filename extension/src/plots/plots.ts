import * as vscode from 'vscode';
import type { FromPlots, SessionInfo, ToPlots } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { guarded } from '../ui/errors.ts';
import { toFarsideError } from '../ui/toError.ts';
import { WebviewTab } from '../ui/webviewTab.ts';
import { Drawer } from './drawing.ts';
import { PlotFeed, type PlotNews } from './feed.ts';
import { PlotFiles } from './files.ts';
import { Pages } from './pages.ts';
import { savePlot } from './save.ts';

/** A loop that draws makes thousands of pages a second; the list is sent this often. */
const GATHER_MS = 100;
const TAB = {
  viewType: 'farside.plots',
  title: 'Plots',
  page: 'plots',
  column: vscode.ViewColumn.Beside,
};

/** The session whose plots are shown. */
interface Shown {
  readonly server: ServerConnection;
  readonly session: SessionInfo;
  readonly pages: Pages;
  current: number | null;
}

/** Keeps the plots of the session in hand, shows new ones by themselves, and answers the page. */
export class Plots implements vscode.Disposable {
  /** Beside the code, for the terminal sits below. */
  readonly panel: WebviewTab<FromPlots, ToPlots>;
  readonly #app: App;
  readonly #drawer: Drawer;
  readonly #subscriptions: vscode.Disposable[];
  #shown: Shown | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(app: App) {
    this.#app = app;
    this.panel = new WebviewTab(app.context.extensionUri, TAB, (message) => this.#receive(message));
    this.#drawer = new Drawer((message) => this.panel.post(message));
    const feed = new PlotFeed(app.terminals);
    this.#subscriptions = [
      feed,
      new PlotFiles(feed),
      feed.onDidPlot((news) => this.#hear(news)),
      app.current.onDidChange(() => this.#followCurrent()),
    ];
    this.#followCurrent();
  }

  /** Shows the plots of a session, or of the one in hand. */
  show(server?: ServerConnection, session?: SessionInfo): void {
    if (server && session) this.#choose(server, session);
    this.panel.show(false);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#drawer.cancel();
    for (const one of this.#subscriptions) one.dispose();
    this.panel.dispose();
  }

  /** Plots of a session that has ended stay until another one is chosen. */
  #followCurrent(): void {
    const current = this.#app.current.get();
    if (current) this.#choose(current.server, current.session);
  }

  #choose(server: ServerConnection, session: SessionInfo): void {
    if (this.#shown?.server === server && this.#shown.session.id === session.id) return;
    this.#shown = { server, session, pages: new Pages(), current: null };
    this.#sendSoon();
    void this.#load(this.#shown);
  }

  #hear({ terminal, page, fresh }: PlotNews): void {
    const { server, info } = terminal;
    if (this.#shown === undefined) this.#choose(server, info);
    const shown = this.#shown;
    if (shown?.server !== server || shown.session.id !== info.id || !shown.pages.add(page)) return;
    if (fresh && !page.removed && terminal.plotWishes.show) {
      shown.current = page.page;
      this.panel.show(true);
    }
    this.#sendSoon();
  }

  /** Plots made while nobody was attached. */
  async #load(shown: Shown): Promise<void> {
    try {
      const pages = await shown.server.client.call('plots', { params: { id: shown.session.id } });
      for (const page of pages) shown.pages.add(page);
      this.#sendSoon();
    } catch (error) {
      const { text } = toFarsideError(error);
      if (this.#shown === shown) this.panel.post({ type: 'problem', message: text });
    }
  }

  #sendSoon(): void {
    this.#timer ??= setTimeout(() => this.#send(), GATHER_MS);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const shown = this.#shown;
    this.panel.post({
      type: 'plots',
      session: shown?.session.id ?? '',
      title: shown?.session.name ?? '',
      pages: shown?.pages.items() ?? [],
      current: shown?.current ?? shown?.pages.newest ?? null,
    });
  }

  #receive(message: FromPlots): void {
    const shown = this.#shown;
    if (message.type === 'ready') {
      this.#send();
      if (shown) void this.#load(shown);
    }
    if (shown === undefined) return;
    const { client } = shown.server;
    if (message.type === 'show') shown.current = message.page;
    if (message.type === 'render' && message.session === shown.session.id)
      void this.#drawer.answer(client, message);
    if (message.type === 'save')
      void guarded(this.#app, () => savePlot(client, shown.session.id, message), shown.server);
  }
}
