import { afterAll, beforeAll, expect, test } from 'vitest';
import { pressInTerminal, typeInTerminal, waitForTerminal } from './support/terminal.ts';
import { answer, dialog, pressInDialog, runCommand, webviewFrame } from './support/workbench.ts';
import { runProject } from './support/project.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await runProject(world, 'broken.R', /no half of 3/);
});
afterAll(async () => {
  await world?.shot('show-end').catch(() => undefined);
  await world?.end();
});

test('?lm opens a page beside, whose links lead on and back; the terminal says where it went', async () => {
  const { page } = world;
  await typeInTerminal(page, '?lm');
  const help = await webviewFrame(page, 'h2:has-text("Fitting Linear Models")');
  expect(await waitForTerminal(page, /\[help: stats::lm, in an editor tab\]/)).not.toContain('Description:');
  await world.shot('show-help');
  await help.locator('a', { hasText: /^glm$/ }).first().click();
  await help.locator('h2', { hasText: 'Fitting Generalized Linear Models' }).waitFor();
  await help.locator('button[title="Back"]').click();
  await help.locator('h2', { hasText: 'Fitting Linear Models' }).waitFor();
});

test('View() opens a table, a command opens help while R is busy', async () => {
  const { page } = world;
  await typeInTerminal(page, 'View(mtcars)');
  await page.locator('.tab', { hasText: 'mtcars.view' }).waitFor();
  await page.locator('.view-lines', { hasText: 'Mazda RX4' }).first().waitFor();
  await waitForTerminal(page, /\[table: mtcars, 32 × 11, in an editor tab\]/);
  await world.shot('show-view');
  await typeInTerminal(page, 'cat("busy\\n"); Sys.sleep(1000)');
  await waitForTerminal(page, /^busy$/m);
  await runCommand(page, 'Farside: Help on R Topic…');
  await answer(page, 'Help on', 'stats::median');
  await (await webviewFrame(page, 'h2:has-text("Median Value")')).locator('h2').waitFor();
  await world.shot('show-busy');
  await pressInTerminal(page, 'Control+c');
  await waitForTerminal(page, /REMOTE>\s*$/);
});

test('browseURL() asks before a page of the web is opened', async () => {
  const { page } = world;
  await typeInTerminal(page, 'browseURL("https://example.org/farside")');
  await dialog(page).filter({ hasText: 'https://example.org' }).waitFor();
  await world.shot('show-url');
  await pressInDialog(page, 'https://example.org', 'Cancel');
});

test('q() is asked about: no goes on, yes ends the session', async () => {
  const { page } = world;
  await typeInTerminal(page, 'q()');
  await waitForTerminal(page, /End it\? \[y\/N\]\s*$/);
  await world.shot('show-quit');
  await pressInTerminal(page, 'n');
  await waitForTerminal(page, /\[y\/N\] n\s+REMOTE>\s*$/);
  await typeInTerminal(page, '6 * 7');
  await waitForTerminal(page, /\[1\] 42/);
  await typeInTerminal(page, 'q()');
  await waitForTerminal(page, /End it\? \[y\/N\]\s*$/);
  await pressInTerminal(page, 'y');
  await page.locator('.terminal-wrapper.active').waitFor({ state: 'detached' });
});
