import type { Locator, Page } from 'playwright-core';
import { until } from './processes.ts';
import { runCommand } from './workbench.ts';

const TERMINAL_MS = 120_000;
const KEY_DELAY_MS = 5;

/** The screen itself: the line that sticks to the top while scrolling is a small terminal of its own. */
const active = (page: Page): Locator =>
  page.locator('.terminal-wrapper.active .xterm:not(.terminal-sticky-scroll .xterm)').first();

/** The rows on the screen as text. */
export function readTerminal(page: Page): Promise<string> {
  return active(page)
    .locator('.xterm-rows')
    .evaluate((rows) =>
      [...rows.children]
        .map((row) => (row.textContent ?? '').replaceAll('\u00a0', ' ').trimEnd())
        .join('\n')
        .trimEnd(),
    );
}

export async function waitForTerminal(page: Page, pattern: RegExp): Promise<string> {
  let text = '';
  const shows = async (): Promise<boolean> => {
    text = await readTerminal(page).catch(() => '');
    return pattern.test(text);
  };
  await until(shows, TERMINAL_MS, () => `${pattern} in the terminal, which shows:\n${text}`);
  return text;
}

export async function typeInTerminal(page: Page, text: string): Promise<void> {
  await active(page).locator('.xterm-helper-textarea').focus();
  await page.keyboard.type(text, { delay: KEY_DELAY_MS });
  await page.keyboard.press('Enter');
}

export async function pressInTerminal(page: Page, key: string): Promise<void> {
  await active(page).locator('.xterm-helper-textarea').focus();
  await page.keyboard.press(key);
}

/** Everything the terminal still has, also what has scrolled away: copied as a user would. */
export async function wholeTerminal(page: Page): Promise<string> {
  await active(page).locator('.xterm-helper-textarea').focus();
  await runCommand(page, 'Terminal: Select All');
  await runCommand(page, 'Terminal: Copy Selection');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  await runCommand(page, 'Terminal: Clear Selection');
  return text;
}

/** The numbers of the lines `line 00001`, `line 00002` … in the order in which they stand there. */
export const numbersIn = (text: string): number[] =>
  [...text.matchAll(/^line (\d{5})$/gm)].map((match) => Number(match[1]));
