import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { fillPage } from '../../extension/src/ui/page.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Stands for the editor: keeps what the page posts; the test posts to the page. */
const FAKE_HOST = `window.posted = [];
window.acquireVsCodeApi = () => ({ postMessage: (m) => window.posted.push(m) });`;
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** A page of webview/ in a real browser, with the document and the policy that the extension gives it. */
export class WebviewPage {
  readonly page: Page;
  /** Errors of the console: a violated policy is one. */
  readonly errors: string[] = [];
  readonly #browser: Browser;
  readonly #server: Server;

  private constructor(page: Page, browser: Browser, server: Server) {
    this.page = page;
    this.#browser = browser;
    this.#server = server;
    page.on(
      'console',
      (message) =>
        message.type() === 'error' &&
        this.errors.push(`${message.text()} at ${message.location().url}:${message.location().lineNumber}`),
    );
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  static async open(folder: string, theme: Record<string, string> = {}): Promise<WebviewPage> {
    const server = await serve(await files(folder));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 620, height: 460 }, deviceScaleFactor: 2 });
    const opened = new WebviewPage(page, browser, server);
    // The editor sets its colours before the page's script runs.
    await page.addInitScript((values) => {
      document.addEventListener('readystatechange', () => {
        for (const [name, value] of Object.entries(values))
          document.documentElement.style.setProperty(name, value);
      });
    }, theme);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return opened;
  }

  /** Messages the page has posted so far. */
  posted<M>(): Promise<M[]> {
    return this.page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted) as Promise<M[]>;
  }

  /** Waits until the page has posted so many messages of a type, and gives the last one. */
  async waitFor<M extends { type: string }, T extends M['type']>(
    type: T,
    count: number,
  ): Promise<Extract<M, { type: T }>> {
    await this.page.waitForFunction(
      ([t, n]) =>
        (globalThis as unknown as { posted: { type: string }[] }).posted.filter((m) => m.type === t).length >=
        Number(n),
      [type, count] as const,
    );
    const all = (await this.posted<M>()).filter((m) => m.type === type);
    return all.at(-1) as Extract<M, { type: T }>;
  }

  /** Posts a message as the extension does; bytes arrive as bytes. */
  async send(message: object, bytes?: Uint8Array): Promise<void> {
    const base64 = bytes && Buffer.from(bytes).toString('base64');
    await this.page.evaluate(
      ([m, b]) => {
        const data = b && Uint8Array.from(atob(b), (c) => c.charCodeAt(0));
        window.postMessage(data ? { ...m, bytes: data } : m, '*');
      },
      [message, base64] as const,
    );
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function files(folder: string): Promise<Map<string, [type: string, text: string]>> {
  const built = await esbuild.build({
    entryPoints: { page: join(ROOT, 'webview', folder, 'main.ts') },
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'iife',
  });
  const textOf = (end: string): string => built.outputFiles.find((f) => f.path.endsWith(end))?.text ?? '';
  const document = readFileSync(join(ROOT, 'extension', 'media', 'webview.html'), 'utf8');
  const parts = {
    title: folder,
    nonce: randomUUID(),
    script: '/page.js',
    style: '/page.css',
    source: "'self'",
  };
  return new Map([
    ['/', ['text/html', fillPage(document, parts)]],
    ['/page.js', ['text/javascript', `${FAKE_HOST}\n${textOf('.js')}`]],
    ['/page.css', ['text/css', textOf('.css')]],
    ['/favicon.ico', ['image/x-icon', '']],
  ]);
}

async function serve(content: Map<string, [type: string, text: string]>): Promise<Server> {
  const server = createServer((request, response) => {
    const [type, text] = content.get(request.url ?? '') ?? [];
    response.writeHead(type === undefined ? 404 : 200, { 'content-type': type ?? 'text/plain' }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
