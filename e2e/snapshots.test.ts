import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { typeInTerminal, waitForTerminal } from './support/terminal.ts';
import {
  answer,
  choose,
  chooseFromMenu,
  chooseTheme,
  dialog,
  notification,
  pressInDialog,
  runCommand,
  treeItem,
  typePlace,
  webviewFrame,
} from './support/workbench.ts';
import { runProject } from './support/project.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
let list: FrameLocator;
const here = mkdtempSync(join(tmpdir(), 'farside-e2e-snapshots-'));

beforeAll(async () => {
  world = await startWorld();
  await runProject(world, 'steps.R', /sum is \d+[^]*REMOTE>$/);
});
afterAll(async () => {
  await world?.shot('snapshots-end').catch(() => undefined);
  await world?.end();
  rmSync(here, { recursive: true, force: true });
});

const row = (name: string): Locator => list.getByRole('row', { name: new RegExp(name) });
const press = (what: string, name: string): Promise<void> =>
  list.getByRole('button', { name: `${what} “${name}”`, exact: true }).click();

/** Each notification is read and closed, as people do; else the old ones hide the page. */
async function told(text: string | RegExp, picture: string): Promise<void> {
  await notification(world.page, text).waitFor();
  await world.shot(picture);
}

test('the list says what it is for while there are none', async () => {
  await runCommand(world.page, 'Farside: Show Snapshots');
  list = await webviewFrame(world.page, 'main[aria-label="Snapshots"]');
  await list.getByText('There are no snapshots on').waitFor();
  await world.shot('snapshots-empty');
});

test('a snapshot is created in the list, and what is not in it is said', async () => {
  const { page } = world;
  await typeInTerminal(page, 'con <- file("open.txt", "w"); cat("opened", "\\n")');
  await waitForTerminal(page, /^opened\s+REMOTE>$/m);
  await list.getByRole('button', { name: 'Create Snapshot…', exact: true }).click();
  await page.locator('.quick-input-widget', { hasText: 'Create a Snapshot of “points”' }).waitFor();
  await world.shot('snapshots-name');
  await answer(page, 'Create a Snapshot of “points”', 'before the fit');
  await told(/Created the snapshot “before the fit”: 3 objects, \d+ files/, 'snapshots-created');
  await notification(page, 'not in it').locator('.monaco-button', { hasText: 'Show What' }).click();
  await dialog(page).filter({ hasText: 'con: ' }).waitFor();
  await world.shot('snapshots-lost');
  await page.keyboard.press('Escape');
  await row('before the fit').filter({ hasText: '3 objects' }).filter({ hasText: 'points' }).waitFor();
  expect(await row('before the fit').textContent()).toMatch(/points.*\d kB.*4\.\d+\.\d+/);
});

test('another one from the session’s menu comes first', async () => {
  const { page } = world;
  await typeInTerminal(page, 'close(con); rm(con); a <- "after"; cat("closed", "\\n")');
  await waitForTerminal(page, /^closed\s+REMOTE>$/m);
  await chooseFromMenu(page, treeItem(page, 'points'), 'Create Snapshot…');
  await answer(page, 'Create a Snapshot of “points”', 'after the fit');
  await told('Created the snapshot “after the fit”', 'snapshots-created-second');
  await list.getByRole('status').filter({ hasText: '2 snapshots' }).waitFor();
  expect(await list.locator('tbody .title').allTextContents()).toEqual(['after the fit', 'before the fit']);
});

test('loading asks where to and how, and merges', async () => {
  const { page } = world;
  await press('Load', 'before the fit');
  await page.locator('.quick-input-widget', { hasText: 'New session' }).waitFor();
  await world.shot('snapshots-load-where');
  await choose(page, /^points/);
  await dialog(page).filter({ hasText: 'Load “before the fit” into the session “points”?' }).waitFor();
  await world.shot('snapshots-load-how');
  await pressInDialog(page, 'before the fit', 'Load');
  await told('Loaded “before the fit” into “points”: 3 objects', 'snapshots-loaded');
  await typeInTerminal(page, 'cat("a is", a, "\\n")');
  await waitForTerminal(page, /^a is 21\s+REMOTE>$/m);
});

test('a new session begins with one, from the palette', async () => {
  const { page } = world;
  await runCommand(page, 'Farside: Load Snapshot…');
  await page.locator('.quick-input-widget', { hasText: 'after the fit' }).waitFor();
  await world.shot('snapshots-pick');
  await choose(page, /^after the fit/);
  await choose(page, 'New session');
  await pressInDialog(page, 'Begin a session with “after the fit”?', 'Load');
  await treeItem(page, 'points 2').waitFor();
  await waitForTerminal(page, /REMOTE>$/);
  await typeInTerminal(page, 'cat("here a is", a, "\\n")');
  await waitForTerminal(page, /^here a is after\s+REMOTE>$/m);
});

test('a snapshot is saved as a zip of the size that the list says', async () => {
  const { page } = world;
  const file = join(here, 'kept.zip');
  await press('Download', 'after the fit');
  await typePlace(page, file, 'OK', () => world.shot('snapshots-download'));
  await notification(page, /^Saved .* to .*kept\.zip/).waitFor();
  expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
});

test('deleting asks; the focus goes to the row that is left', async () => {
  const { page } = world;
  await press('Delete', 'before the fit');
  await dialog(page).filter({ hasText: 'can not be brought back' }).waitFor();
  await world.shot('snapshots-delete');
  await pressInDialog(page, 'before the fit', 'Delete');
  await list.getByRole('status').filter({ hasText: '1 snapshot' }).waitFor();
  expect(await list.locator('tbody .title').allTextContents()).toEqual(['after the fit']);
});

test('the tab comes back after a reload', async () => {
  const page = await world.reopen();
  list = await webviewFrame(page, 'main[aria-label="Snapshots"]');
  await row('after the fit').waitFor();
});

test('what is made and deleted elsewhere comes and goes by itself', async () => {
  const client = await world.server.client();
  const [session] = await client.call('listSessions');
  const { snapshotId } = await client.call('createSnapshot', {
    params: { id: session?.id ?? '' },
    body: { name: 'by somebody else' },
  });
  await row('by somebody else').waitFor();
  await world.page.setViewportSize({ width: 700, height: 800 });
  await world.shot('snapshots-narrow');
  await world.page.setViewportSize({ width: 1280, height: 800 });
  await client.call('deleteSnapshot', { params: { id: snapshotId } });
  await list.getByRole('status').filter({ hasText: '1 snapshot' }).waitFor();
  client.dispose();
});

test.each([
  ['Dark Modern', 'vs-dark'],
  ['Dark High Contrast', 'hc-black'],
  ['Light High Contrast', 'hc-light'],
  ['Light Modern', 'vs'],
])('the list in %s', async (theme, kind) => {
  await chooseTheme(world.page, theme, kind);
  await list.getByRole('button', { name: 'Load “after the fit”', exact: true }).focus();
  await world.shot(`snapshots-${kind}`);
});
