import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workbenchIsUp } from './support/browser.ts';
import { root } from './support/paths.ts';
import { until } from './support/processes.ts';
import { ADMIN } from './support/server.ts';
import {
  pressInTerminal,
  readTerminal,
  typeInTerminal,
  waitForTerminal,
  wholeTerminal,
} from './support/terminal.ts';
import { answer, chooseTheme, notification, openView, runCommand, treeItem } from './support/workbench.ts';
import { startWorld, type World } from './support/world.ts';

const STEP_MS = 60_000;

let world: World;
let library: string;

beforeAll(async () => {
  library = mkdtempSync(join(tmpdir(), 'farside-e2e-lib-'));
  execFileSync('R', ['CMD', 'INSTALL', '--no-docs', `--library=${library}`, join(root, 'r', 'mrsdeploy')], {
    stdio: 'pipe',
  });
  process.env['R_LIBS'] = library;
  world = await startWorld();
});
afterAll(async () => {
  await world?.shot('local-end').catch(() => undefined);
  await world?.end();
  rmSync(library, { recursive: true, force: true });
});

async function paste(text: string): Promise<void> {
  const { page } = world;
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.locator('.terminal-wrapper.active .xterm-helper-textarea').first().focus();
  await runCommand(page, 'Terminal: Paste into Active Terminal');
}

const titled = (text: string | RegExp): ReturnType<World['page']['locator']> =>
  world.page.locator('.panel .pane-body, .panel .tabs-container, .panel', { hasText: text }).first();

/** The R of our terminals: its environment began with the nonce of its prompts, which the server's have not. */
function localRs(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const env = readFileSync(`/proc/${name}/environ`, 'utf8');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return (
          env.includes(`R_LIBS=${library}`) &&
          env.includes('FARSIDE_LOCAL_NONCE=') &&
          command.includes('--no-readline') &&
          !command.startsWith('/bin/sh')
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

test('local R: the prompt, a value, an interrupt', async () => {
  const { page } = world;
  await runCommand(page, 'Farside: Open R Terminal');
  await waitForTerminal(page, /^Local R: .*\n(.*\n)*>$/m);
  await typeInTerminal(page, '6 * 7');
  await waitForTerminal(page, /\[1\] 42\n>$/);
  await typeInTerminal(page, 'cat("begun\\n"); Sys.sleep(1000)');
  await waitForTerminal(page, /\nbegun$/);
  await pressInTerminal(page, 'Control+c');
  await waitForTerminal(page, /\n>$/);
  await world.shot('local-prompt');
});

test('remoteLogin() asks for the password in a box, and REMOTE> is in the same terminal', async () => {
  const { page, server } = world;
  await typeInTerminal(page, 'library(mrsdeploy)');
  await typeInTerminal(page, `remoteLogin("${server.url}", diff = FALSE)`);
  await answer(page, 'User name', ADMIN.user);
  await page.locator('.quick-input-widget', { hasText: `Password of ${ADMIN.user}` }).waitFor();
  expect(await page.locator('.quick-input-widget input').first().getAttribute('type')).toBe('password');
  await world.shot('local-password');
  await answer(page, `Password of ${ADMIN.user}`, ADMIN.password);
  const text = await waitForTerminal(page, /\nREMOTE>$/);
  expect(text).toContain('Your REMOTE R session is now active.');
  expect(text).not.toContain(ADMIN.password);
  await typeInTerminal(page, 'cat("pid", Sys.getpid(), "\\n")');
  await waitForTerminal(page, /^pid \d+\s+REMOTE>$/m);
  await notification(page, 'not in your list of servers')
    .locator('.monaco-button', { hasText: 'Add Server' })
    .click();
  await openView(page, 'Farside');
  await treeItem(page, new URL(server.url).host).waitFor();
  await world.shot('local-remote');
});

test('a pasted block that mixes both runs in order', async () => {
  const { page } = world;
  const block = [
    'x <- "remote"',
    'pause()',
    'x <- "local"',
    'cat("here is", x, "\\n")',
    'resume()',
    'cat("there is", x, "\\n")',
    'f <- function() {',
    '  pause()',
    '}',
    'pause()',
    'cat("still", x, "\\n")',
    'resume()',
    'cat("last", x, "\\n")',
    '',
  ];
  await paste(block.join('\n'));
  await waitForTerminal(page, /^last remote\s+REMOTE>$/m);
  const text = await wholeTerminal(page);
  const order = ['here is local', 'there is remote', 'still local', 'last remote'].map((line) =>
    text.lastIndexOf(`\n${line}`),
  );
  expect(order.every((at) => at > 0)).toBe(true);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  await world.shot('local-mixed');
});

test('commands and functions in code switch too', async () => {
  const { page } = world;
  await runCommand(page, 'Farside: Pause: to Local R');
  await waitForTerminal(page, /\n>$/);
  await titled('Local R (').waitFor();
  await world.shot('local-paused');
  await runCommand(page, 'Farside: Resume: to Remote R');
  await waitForTerminal(page, /REMOTE>$/);
  await typeInTerminal(page, 'pause()');
  await waitForTerminal(page, /\n>$/);
  await typeInTerminal(page, 'for (i in 1:2) { cat("in", "code", i, "\\n"); if (i == 1) resume() }');
  await waitForTerminal(page, /in code 1\s+in code 2\s+REMOTE>$/);
});

test('remoteCommandLine() sets the prompt, and whether plots are shown and written', async () => {
  const { page, project } = world;
  const file = join(project, 'Rplot001.png');
  await typeInTerminal(page, 'pause()');
  await waitForTerminal(page, /\n>$/);
  await typeInTerminal(page, 'remoteCommandLine("away> ", displayPlots = FALSE, writePlots = TRUE)');
  await waitForTerminal(page, /\naway>$/);
  await typeInTerminal(page, 'plot(1:3)');
  await waitForTerminal(page, /Plot written to Rplot001\.png[\s\S]*away>$/);
  const header = readFileSync(file);
  expect([header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual([400, 400]);
  expect(await page.locator('.tab', { hasText: 'Plots' }).count()).toBe(0);
  await world.shot('local-plot-written');
  await typeInTerminal(page, 'pause()');
  await waitForTerminal(page, /\n>$/);
  await typeInTerminal(page, 'remoteCommandLine()');
  await waitForTerminal(page, /REMOTE>$/);
  rmSync(file);
  await typeInTerminal(page, 'plot(3:1)');
  await page.locator('.tab', { hasText: 'Plots' }).waitFor();
  expect(readdirSync(project).filter((name) => name.startsWith('Rplot'))).toEqual([]);
});

test('remoteScript(async = TRUE) has a console of its own', async () => {
  const { page, project } = world;
  writeFileSync(join(project, 'night.R'), 'cat("hello from", "the job\\n"); plot(1:3)\n');
  await typeInTerminal(page, 'pause()');
  await waitForTerminal(page, /\n>$/);
  await typeInTerminal(page, 'job <- remoteScript("night.R", async = TRUE)');
  await page.locator('.terminal-tabs-entry', { hasText: 'night.R' }).waitFor();
  // Whoever types on types into local R, which is still in front.
  await page.keyboard.type('cat("typed", "on\\n")');
  await page.keyboard.press('Enter');
  await waitForTerminal(page, /^typed on\s+>$/m);
  await runCommand(page, 'Terminal: Focus Next Terminal Group');
  await waitForTerminal(page, /hello from the job/);
  await world.shot('local-job');
  await runCommand(page, 'Terminal: Focus Previous Terminal Group');
  await waitForTerminal(page, /\n>$/);
  await typeInTerminal(page, 'resume()');
  await waitForTerminal(page, /REMOTE>$/);
});

test('after a reload the remote session is back, and the loss of the local workspace is told', async () => {
  const { page } = world;
  const before = localRs();
  expect(before.length).toBe(1);
  await runCommand(page, 'Developer: Reload Window');
  await page.waitForEvent('load');
  await workbenchIsUp(page);
  await waitForTerminal(page, /last remote\s[\s\S]*REMOTE>$/);
  expect(await wholeTerminal(page)).toContain('its workspace is gone');
  await typeInTerminal(page, 'pause()');
  await waitForTerminal(page, /its workspace is gone.*\s+>$/);
  await typeInTerminal(page, 'exists("x")');
  await waitForTerminal(page, /FALSE\s+>$/);
  await typeInTerminal(page, 'resume()');
  await waitForTerminal(page, /REMOTE>$/);
  await typeInTerminal(page, 'cat("still", x, "\\n")');
  await waitForTerminal(page, /^still remote\s+REMOTE>$/m);
  await until(
    () => Promise.resolve(localRs().length === 1 && localRs()[0] !== before[0]),
    STEP_MS,
    () => `the old local R to end: ${localRs().join()}`,
  );
  await world.shot('local-reload');
});

test('exit ends the remote session; q() asks and closes the terminal', async () => {
  const { page, server } = world;
  await typeInTerminal(page, 'exit');
  await waitForTerminal(page, /\n>$/);
  await chooseTheme(page, 'Light Modern', 'vs');
  await typeInTerminal(page, 'cat("local", "again\\n")');
  await waitForTerminal(page, /local again\n>$/);
  await world.shot('local-light');
  const client = await server.client();
  const alive = (await client.call('sessions')).filter((one) => one.state.state !== 'ended');
  client.dispose();
  expect(alive).toEqual([]);
  await typeInTerminal(page, 'q()');
  await waitForTerminal(page, /\[y\/n\/c\]:$/);
  await typeInTerminal(page, 'n');
  await until(
    () => Promise.resolve(localRs().length === 0),
    STEP_MS,
    () => 'local R to end',
  );
  const gone = async (): Promise<boolean> => !(await readTerminal(page).catch(() => '')).includes('Local R:');
  await until(gone, STEP_MS, () => 'the terminal to close');
});
