import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openWorkbench } from './browser.ts';
import { startCodeServer, type CodeServer } from './codeServer.ts';
import { output, root, vsix } from './paths.ts';
import { startServer, type FarsideServer } from './server.ts';

/** Everything a scenario needs: a server, an editor with the extension, a project, and a window. */
export interface World {
  readonly server: FarsideServer;
  readonly editor: CodeServer;
  readonly browser: Browser;
  readonly page: Page;
  /** The user's folder, a copy that tests may change. */
  readonly project: string;
  /** A picture to look at: `.cache/e2e/<name>.png`. */
  shot(name: string): Promise<void>;
  end(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const base = mkdtempSync(join(tmpdir(), 'farside-e2e-'));
  const project = join(base, 'points');
  cpSync(join(root, 'e2e', 'project'), project, { recursive: true });
  const [server, editor] = await Promise.all([startServer(), startCodeServer({ vsix, workspace: project })]);
  const browser = await launchBrowser();
  const page = await openWorkbench(browser, editor.url, project);
  const end = async (): Promise<void> => {
    await browser.close();
    await editor.stop();
    await server.stop();
    rmSync(base, { recursive: true, force: true });
  };
  const shot = async (name: string): Promise<void> => {
    await page.screenshot({ path: join(output, `${name}.png`) });
  };
  return { server, editor, browser, page, project, shot, end };
}
