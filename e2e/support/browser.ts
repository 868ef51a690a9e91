import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';
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

/** A user's browser: what one window keeps the next one finds. Nothing may leave the machine, or it would wait for time-outs. */
export async function newProfile(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await context.route(
    (to) => to.protocol.startsWith('http') && !LOOPBACK.has(to.hostname),
    (route) => route.abort(),
  );
  return context;
}

export async function openWorkbench(profile: BrowserContext, url: string, folder: string): Promise<Page> {
  const page = await profile.newPage();
  // On a busy machine everything takes longer; nothing here waits for time to pass.
  page.setDefaultTimeout(WORKBENCH_MS);
  await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`);
  await workbenchIsUp(page);
  return page;
}

export async function workbenchIsUp(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: WORKBENCH_MS });
  await page.locator('.monaco-workbench .activitybar .action-item').first().waitFor();
}
