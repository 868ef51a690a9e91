import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from './support/processes.ts';
import { ADMIN } from './support/server.ts';
import { typeInTerminal, waitForTerminal } from './support/terminal.ts';
import {
  answer,
  chooseFromMenu,
  chooseTheme,
  dialog,
  notification,
  openFile,
  pressInDialog,
  pressInRow,
  runCommand,
  signInAs,
  status,
  treeItem,
} from './support/workbench.ts';
import { runProject } from './support/project.ts';
import { startWorld, type World } from './support/world.ts';

const STEP_MS = 30_000;
/** A button that changes under the mouse is tried again. */
const TRY_MS = 1_000;

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await runProject(world, 'broken.R', /no half of 3/);
});
afterAll(async () => {
  await world?.shot('sessions-end').catch(() => undefined);
  await world?.end();
});

/** Presses the button of the status bar until it offers the next step: a second click too soon is the same wish. */
async function climb(from: string, to: string): Promise<void> {
  await interruptButton(from).waitFor();
  const next = async (): Promise<boolean> => {
    if (await interruptButton(to).isVisible()) return true;
    await interruptButton(from)
      .click({ timeout: TRY_MS })
      .catch(() => undefined);
    return interruptButton(to).isVisible();
  };
  await until(next, STEP_MS, () => `the button "${to}"`);
}

const interruptButton = (text: string): ReturnType<World['page']['locator']> =>
  world.page.locator('.statusbar-item[id$="farside.interrupt"]', { hasText: text });

test('a place in R’s message opens the local file', async () => {
  const { page } = world;
  await openFile(page, 'steps.R');
  await typeInTerminal(page, 'traceback()');
  await waitForTerminal(page, /broken\.R#\d/);
  const row = page.locator('.terminal-wrapper.active .xterm-rows > div', { hasText: 'broken.R#' }).first();
  const box = await row.boundingBox();
  const text = (await row.textContent()) ?? '';
  // The row is as wide as the terminal; a place in the middle of the link is found by its share of the text.
  const column = text.indexOf('broken.R#') + 4;
  const cell = await page
    .locator('.terminal-wrapper.active .xterm-rows > div > span')
    .first()
    .evaluate((span) => span.getBoundingClientRect().width / (span.textContent ?? ' ').length);
  const at = { x: (box?.x ?? 0) + column * cell, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
  await page.mouse.move(at.x, at.y);
  await page
    .locator('.terminal-wrapper.active .xterm.xterm-cursor-pointer, .terminal-hover-target')
    .first()
    .waitFor();
  await page.keyboard.down('Control');
  await page.mouse.click(at.x, at.y);
  await page.keyboard.up('Control');
  await page.locator('.editor-group-container .tab.active', { hasText: 'broken.R' }).waitFor();
});

test('a file that changed on the server is a question before a run', async () => {
  const { page, project } = world;
  await typeInTerminal(page, 'cat("changed there\\n", file = "data/points.csv")');
  await waitForTerminal(page, /points\.csv"\)\s+REMOTE>$/);
  writeFileSync(join(project, 'data', 'points.csv'), 'x,y\n1,2\n');
  await openFile(page, 'steps.R');
  await runCommand(page, 'Farside: Run Current File');
  await dialog(page).waitFor();
  await world.shot('sessions-conflict');
  await pressInDialog(page, 'changed on the server', 'Overwrite on the Server');
  await waitForTerminal(page, /sum is 33/);
  await typeInTerminal(page, 'cat(readLines("data/points.csv")[2], "\\n")');
  await waitForTerminal(page, /^1,2\s+REMOTE>$/m);
});

test('rename: the list, the tab and the status bar follow; an empty name is refused', async () => {
  const { page } = world;
  await chooseFromMenu(page, treeItem(page, 'points'), 'Rename Session…');
  await page.locator('.quick-input-widget input').fill(' ');
  await page.locator('.quick-input-widget', { hasText: 'at least one character' }).waitFor();
  await answer(page, 'Rename Session', 'big model');
  await treeItem(page, 'big model').waitFor();
  await status(page, 'big model').waitFor();
  await page.locator('.panel', { hasText: 'REMOTE> big model' }).first().waitFor();
  await treeItem(page, 'big model').hover();
  await world.shot('sessions-renamed');
});

test('the question of a session is in the list', async () => {
  const { page } = world;
  await typeInTerminal(page, 'x <- readline("how many? ")');
  await treeItem(page, 'asks “how many?”').waitFor();
  await world.shot('sessions-waiting');
  await typeInTerminal(page, '3');
  await status(page, 'idle').waitFor();
});

test('the ladder: interrupt, stronger, end R, for a loop in C that hears nothing', async () => {
  const { page } = world;
  await typeInTerminal(page, 'objects_to_keep <- 1:3');
  await openFile(page, 'spin.R');
  await runCommand(page, 'Farside: Run Current File');
  await waitForTerminal(page, /^spinning$/m);
  await climb('Interrupt', 'Interrupt Again (stronger)');
  await world.shot('ladder-again');
  await climb('Interrupt Again (stronger)', 'End R…');
  const asked = async (): Promise<boolean> => {
    if (await dialog(page).isVisible()) return true;
    // A dialog that comes at this moment takes the click.
    await interruptButton('End R…')
      .click({ timeout: TRY_MS })
      .catch(() => undefined);
    return dialog(page).isVisible();
  };
  await until(asked, STEP_MS, () => 'the question');
  await world.shot('ladder-dialog');
  await pressInDialog(page, 'End R?', 'Save Workspace and End');
  await treeItem(page, 'Ended').waitFor();
  await world.shot('ladder-ended');
});

test('an ended session starts again in the same folder; the old one can be read and removed', async () => {
  const { page } = world;
  await treeItem(page, 'Ended').click();
  const row = page.locator('.part.sidebar [role="treeitem"][aria-level="3"]', { hasText: 'big model' });
  await row.waitFor();
  await world.shot('sessions-ended');
  await chooseFromMenu(page, row, 'Open Journal');
  await page.locator('.tab.active', { hasText: 'big model (journal).txt' }).waitFor();
  await page.locator('.view-lines', { hasText: 'spinning' }).first().waitFor();
  await world.shot('journal');
  await chooseFromMenu(page, row, 'Start Again in the Same Folder');
  await waitForTerminal(page, /REMOTE>$/);
  await typeInTerminal(page, 'cat("here:", file.exists("spin.c"), "\\n")');
  await waitForTerminal(page, /^here: TRUE\s+REMOTE>$/m);
  await pressInRow(row, 'Remove Ended Session');
  await pressInDialog(page, 'Remove “big model”?', 'Remove');
  await treeItem(page, 'Ended').waitFor({ state: 'detached' });
});

test('a second window watches: it says so, and sends nothing', async () => {
  const { page } = world;
  const second = await world.another();
  await runCommand(second, 'View: Show Farside');
  await chooseFromMenu(second, treeItem(second, 'big model'), 'Open Read-Only');
  await second.locator('.panel', { hasText: '(read-only)' }).first().waitFor();
  await typeInTerminal(second, 'cat("from the second window\\n")');
  await typeInTerminal(page, 'cat("from the first", "window\\n")');
  await waitForTerminal(second, /^from the first window$/m);
  await second.screenshot({ path: '.cache/e2e/read-only.png' });
  const seen = await waitForTerminal(page, /^from the first window\s+REMOTE>$/m);
  expect(seen).not.toMatch(/from the second/);
  await second.close();
});

test('a sign-in that expired leads back to the same place', async () => {
  const { page, server } = world;
  const client = await server.client();
  // Ends all sign-ins of the user, also that of the window.
  await client.call('setPassword', { params: { name: ADMIN.user }, body: { password: ADMIN.password } });
  client.dispose();
  await runCommand(page, 'Farside: Refresh Sessions');
  const told = notification(page, 'has expired');
  await told.waitFor();
  await world.shot('expired');
  await told.locator('.monaco-button', { hasText: 'Sign In' }).click();
  await signInAs(page, ADMIN.user, ADMIN.password);
  await status(page, 'idle').waitFor();
  await typeInTerminal(page, 'cat("back at", getwd(), "\\n")');
  await waitForTerminal(page, /^back at .+\s+REMOTE>$/m);
});

test('the retry row of a server that came back; then signing out', async () => {
  const { page, server } = world;
  await server.stopWeb();
  await treeItem(page, 'not reachable').waitFor();
  await world.shot('offline-list');
  await server.startWeb();
  await pressInRow(treeItem(page, 'not reachable'), 'Retry');
  await status(page, 'idle').waitFor();
  await runCommand(page, 'Farside: Sign Out');
  await treeItem(page, 'not signed in').waitFor();
  await world.shot('signed-out');
  await treeItem(page, 'not signed in').click();
  await signInAs(page, ADMIN.user, ADMIN.password);
  await status(page, 'idle').waitFor();
});

test.each([
  ['Dark Modern', 'vs-dark'],
  ['Dark High Contrast', 'hc-black'],
  ['Light Modern', 'vs'],
])('the list in %s', async (theme, kind) => {
  await chooseTheme(world.page, theme, kind);
  await world.shot(`sessions-${kind}`);
});
