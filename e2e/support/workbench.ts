import type { FrameLocator, Locator, Page } from 'playwright-core';
import { until } from './processes.ts';

const COMMAND_MS = 30_000;
const ROW_MS = 1_500;

const exactly = (text: string): RegExp =>
  new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
const quickInput = (page: Page): Locator => page.locator('.quick-input-widget:visible');
const quickInputBox = (page: Page): Locator =>
  quickInput(page).locator('input[type="text"], input[type="password"], .quick-input-box input').first();

/** Runs a command from the palette by its full title. Right after start the list is late, so the palette is opened again. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const name = page.locator('.label-name', { hasText: exactly(title) });
  const row = quickInput(page).locator('.monaco-list-row').filter({ has: name }).first();
  const open = async (): Promise<boolean> => {
    await page.keyboard.press('F1');
    await quickInputBox(page).waitFor();
    await quickInputBox(page).fill(`>${title}`);
    const shown = await row.waitFor({ timeout: ROW_MS }).then(
      () => true,
      () => false,
    );
    if (!shown) await page.keyboard.press('Escape');
    return shown;
  };
  await until(open, COMMAND_MS, () => `the command "${title}" in the palette`);
  await row.click();
}

/** Answers an input box whose title or prompt has the text. */
export async function answer(page: Page, prompt: string | RegExp, value: string): Promise<void> {
  await quickInput(page).filter({ hasText: prompt }).waitFor();
  await quickInputBox(page).fill(value);
  await page.keyboard.press('Enter');
}

/** Chooses a row of a quick pick. */
export async function choose(page: Page, row: string | RegExp): Promise<void> {
  await quickInput(page).locator('.monaco-list-row', { hasText: row }).first().click();
}

/** Accepts a quick pick of many as it stands. */
export async function acceptPick(page: Page, title: string | RegExp): Promise<void> {
  await quickInput(page).filter({ hasText: title }).waitFor();
  await page.keyboard.press('Enter');
}

export const openView = (page: Page, title: string): Promise<void> =>
  page.locator(`.activitybar .action-label[aria-label^="${title}"]`).first().click();
export const treeItem = (page: Page, label: string | RegExp): Locator =>
  page.locator('.part.sidebar [role="treeitem"]', { hasText: label }).first();
export const notification = (page: Page, text: string | RegExp): Locator =>
  page.locator('.notification-toast', { hasText: text }).first();
/** Farside's item in the status bar, when its text for screen readers has the words. */
export const status = (page: Page, words: string): Locator =>
  page.locator(`.statusbar-item[id$="farside.status"][aria-label*="${words}"]`);
export const dialog = (page: Page): Locator => page.locator('.monaco-dialog-box');

/** Opens a file of the workspace. By F1, since Ctrl+P is the previous line where a terminal has the focus. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('F1');
  await quickInputBox(page).fill(name);
  await quickInput(page).locator('.monaco-list-row', { hasText: name }).first().click();
  await page.locator('.editor-group-container .tab.active', { hasText: name }).waitFor();
}

/** The inner document of a webview that has the element. */
export async function webviewFrame(page: Page, has: string): Promise<FrameLocator> {
  let found: FrameLocator | undefined;
  const look = async (): Promise<boolean> => {
    const frames = page.locator('iframe.webview');
    for (let i = 0; i < (await frames.count()); i++) {
      const inner = frames.nth(i).contentFrame().locator('iframe#active-frame').contentFrame();
      if (
        (await inner
          .locator(has)
          .count()
          .catch(() => 0)) > 0
      )
        found = inner;
    }
    return found !== undefined;
  };
  await until(look, COMMAND_MS, () => `a webview with ${has}`);
  return found as FrameLocator;
}

/** Changes the colour theme; `kind` is the class that the workbench takes on. */
export async function chooseTheme(page: Page, theme: string, kind: string): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  await quickInput(page).locator('input[placeholder*="Color Theme"]').fill(theme);
  await quickInput(page).locator('.monaco-list-row', { hasText: theme }).first().click();
  await page.locator(`.monaco-workbench.${kind}`).waitFor();
  await quickInput(page).waitFor({ state: 'hidden' });
}

/** Adds the server as a new user does. */
export async function signInTo(page: Page, url: string, user: string, password: string): Promise<void> {
  await openView(page, 'Farside');
  await runCommand(page, 'Farside: Add Server…');
  await answer(page, 'Address of the server', url);
  await signInAs(page, user, password);
  await treeItem(page, new URL(url).host).filter({ hasText: 'no sessions' }).waitFor();
}

/** Answers the two boxes of a sign-in. */
export async function signInAs(page: Page, user: string, password: string): Promise<void> {
  await answer(page, 'User name', user);
  await answer(page, `Password of ${user}`, password);
}

/** Presses a button of a modal dialog that has the text. */
export async function pressInDialog(page: Page, text: string | RegExp, button: string): Promise<void> {
  const box = dialog(page).filter({ hasText: text });
  await box.waitFor();
  await box.locator('.monaco-button', { hasText: exactly(button) }).click();
  await box.waitFor({ state: 'detached' });
}

/** Chooses from the context menu of a row in the side bar. */
export async function chooseFromMenu(page: Page, row: Locator, entry: string): Promise<void> {
  await row.click({ button: 'right' });
  const item = page.locator('.monaco-menu .action-menu-item', { hasText: entry }).first();
  await item.waitFor();
  // A menu that has just opened takes no click, so that the button that opened it does not choose.
  const chosen = async (): Promise<boolean> => {
    await item.click({ timeout: ROW_MS }).catch(() => undefined);
    return (await item.count()) === 0;
  };
  await until(chosen, COMMAND_MS, () => `the menu to take "${entry}"`);
}

/** Presses a button that a row of the side bar shows under the mouse. */
export async function pressInRow(row: Locator, button: string): Promise<void> {
  await row.hover();
  await row.locator(`.action-label[aria-label^="${button}"]`).first().click();
}

/** What the status bar says for a moment. */
export const statusMessage = (page: Page, text: string | RegExp): Locator =>
  page.locator('.statusbar-item', { hasText: text }).first();

/** Types a path of this machine in a dialog that asks for a file or a folder. `look`: before it is accepted. */
export async function typePlace(
  page: Page,
  path: string,
  button: string,
  look: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const press = quickInput(page).locator('.monaco-button', { hasText: exactly(button) });
  await press.waitFor();
  // The dialog writes the folder it begins with as soon as it has read it, over what was typed before.
  await quickInput(page).locator('.monaco-list-row').first().waitFor();
  const typed = async (): Promise<boolean> => {
    await quickInputBox(page).fill(path);
    await quickInput(page).locator('.monaco-progress-container.done').waitFor({ state: 'attached' });
    return (await quickInputBox(page).inputValue()).startsWith(path);
  };
  await until(typed, COMMAND_MS, () => `the dialog to take ${path}`);
  await look();
  await press.click();
  await press.waitFor({ state: 'hidden' });
}
