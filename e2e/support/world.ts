import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, newProfile, openWorkbench } from './browser.ts';
import { startCodeServer, type CodeServer } from './codeServer.ts';
import { output, root, vsix } from './paths.ts';
import { startServer, type FarsideServer, type ServerOptions } from './server.ts';

/** Everything a scenario needs: a server, an editor with the extension, a project, and a window. */
export interface World {
  readonly server: FarsideServer;
  readonly editor: CodeServer;
  readonly browser: Browser;
  /** The window in hand; another one after {@link reopen}. */
  readonly page: Page;
  /** The user's folder, a copy that tests may change. */
  readonly project: string;
  /** Closes the window without a word, and opens another one on the same folder. */
  reopen(): Promise<Page>;
  /** A second window on the same folder. */
  another(): Promise<Page>;
  /** A picture to look at: `.cache/e2e/<name>.png`. */
  shot(name: string): Promise<void>;
  end(): Promise<void>;
}

export interface WorldOptions {
  readonly untrusted?: boolean;
  readonly server?: ServerOptions;
  /** More extensions (VSIX files), and what they find in their environment. */
  readonly extensions?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export async function startWorld({ server: serverOptions, ...options }: WorldOptions = {}): Promise<World> {
  const base = mkdtempSync(join(tmpdir(), 'farside-e2e-'));
  const project = join(base, 'points');
  cpSync(join(root, 'e2e', 'project'), project, { recursive: true });
  const starting = startCodeServer({ vsix, workspace: project, ...options });
  const [server, editor] = await Promise.all([startServer(serverOptions), starting]);
  const browser = await launchBrowser();
  const profile = await newProfile(browser);
  const another = (): Promise<Page> => openWorkbench(profile, editor.url, project);
  let page = await another();
  return {
    server,
    editor,
    browser,
    project,
    get page() {
      return page;
    },
    another,
    reopen: async () => {
      await page.close();
      return (page = await another());
    },
    shot: async (name) => {
      await page.screenshot({ path: join(output, `${name}.png`) });
    },
    end: async () => {
      await browser.close();
      await editor.stop();
      await server.stop();
      rmSync(base, { recursive: true, force: true });
    },
  };
}
