import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { chromium } from '../install.mjs';

const WORKBENCH_MS = 90_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost']);

export function launchBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: chromium,
    headless: true,
    chromiumSandbox: false,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync', '--disable-dev-shm-usage'],
  });
}

/** Opens the workbench in a context of its own: nothing may leave the machine, or it would wait for time-outs. */
export async function openWorkbench(browser: Browser, url: string, folder: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await context.route(
    (to) => to.protocol.startsWith('http') && !LOOPBACK.has(to.hostname),
    (route) => route.abort(),
  );
  const page = await context.newPage();
  await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`);
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: WORKBENCH_MS });
  await page.locator('.monaco-workbench .activitybar .action-item').first().waitFor();
  return page;
}
