import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workbenchIsUp } from './support/browser.ts';
import { ADMIN } from './support/server.ts';
import {
  numbersIn,
  pressInTerminal,
  readTerminal,
  typeInTerminal,
  waitForTerminal,
  wholeTerminal,
} from './support/terminal.ts';
import { until } from './support/processes.ts';
import { notification, runCommand, signInTo, status, treeItem } from './support/workbench.ts';
import { startWorld, type World } from './support/world.ts';

/** Enough to be under way while the window goes and comes, well below what a terminal brings back. */
const LINES = 6_000;
const ALL = Array.from({ length: LINES }, (_, i) => i + 1);
const BACK_MS = 30_000;

/**
 * The extension host's own memory under a flood, with the twenty other extensions that run in it: the program itself,
 * 60 MB that all its processes share, is not counted. Before anything of ours runs it is 120 MB.
 */
const MAX_HOST_BYTES = 200 * 1024 * 1024;
/** What the flood may add to it. */
const MAX_GROWTH_BYTES = 50 * 1024 * 1024;
const FLOOD_MS = 5_000;

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await signInTo(world.page, world.server.url, ADMIN.user, ADMIN.password);
  await runCommand(world.page, 'Farside: New Session');
  await waitForTerminal(world.page, /REMOTE>$/);
});
afterAll(async () => {
  await world?.shot('revive-end').catch(() => undefined);
  await world?.end();
});

/** Has R print numbered lines for a few seconds; `tag` tells this run's end from others. */
async function startLines(tag: string): Promise<void> {
  const loop = `for (i in 1:${LINES}) { if (i %% 100 == 0) Sys.sleep(0.1); cat(sprintf("line %05d\\n", i)) }`;
  await typeInTerminal(world.page, `cat("begin ${tag}\\n"); ${loop}; cat("end", "${tag}\\n")`);
  await waitForTerminal(world.page, /^line 00\d{3}$/m);
}

/** All lines of a run, each once, in order, and R's prompt after them. */
async function expectAllLines(tag: string): Promise<void> {
  const { page } = world;
  await waitForTerminal(page, new RegExp(`^end ${tag}\\s+REMOTE>$`, 'm'));
  const text = await wholeTerminal(page);
  const start = text.lastIndexOf(`begin ${tag}\n`);
  expect(start, 'the first line of the run').toBeGreaterThan(0);
  expect(numbersIn(text.slice(start))).toEqual(ALL);
  // The quiet row below the prompt goes with the next record.
  expect(text.trimEnd()).toMatch(/REMOTE>(\s+the connection is back)?$/);
}

test('reload the window while R prints: the terminal comes back by itself with every line once', async () => {
  const { page } = world;
  await startLines('reload');
  await runCommand(page, 'Developer: Reload Window');
  await page.waitForEvent('load');
  await workbenchIsUp(page);
  await expectAllLines('reload');
  await world.shot('revive-reload');
});

test('the history is there again, and the prompt takes input', async () => {
  const { page } = world;
  await typeInTerminal(page, 'x <- 6 * 7');
  await typeInTerminal(page, 'cat("x is", x, "\\n")');
  await waitForTerminal(page, /^x is 42\s+REMOTE>$/m);
  await pressInTerminal(page, 'ArrowUp');
  await pressInTerminal(page, 'ArrowUp');
  const shown = async (): Promise<boolean> =>
    /REMOTE> x <- 6 \* 7$/.test((await readTerminal(page)).trimEnd());
  await until(shown, BACK_MS, () => 'the line before the last');
  await pressInTerminal(page, 'Control+c');
});

test('web node and compute node are killed while R prints: nothing is lost or doubled', async () => {
  const { page, server } = world;
  await startLines('kill');
  await server.killNodes();
  await status(page, 'No connection').waitFor();
  await world.shot('revive-killed');
  await server.startWeb();
  await expectAllLines('kill');
});

test('close the window at a question and open another one: the question waits, the focus is free', async () => {
  await typeInTerminal(world.page, 'y <- readline("your name? ")');
  await waitForTerminal(world.page, /^your name\?$/m);
  const page = await world.reopen();
  await waitForTerminal(page, /^your name\?$/m);
  await world.shot('revive-question');
  const focused = await page.evaluate(() => document.activeElement?.className ?? '');
  expect(focused).not.toMatch(/xterm/);
  await typeInTerminal(page, 'Ada');
  await typeInTerminal(page, 'cat(toupper(y), "\\n")');
  await waitForTerminal(page, /^ADA\s+REMOTE>$/m);
});

test('a terminal closed by hand stays closed; the session is in the list', async () => {
  await runCommand(world.page, 'Terminal: Kill the Active Terminal Instance');
  await notification(world.page, 'goes on on the server').waitFor();
  const { page } = world;
  await runCommand(page, 'Developer: Reload Window');
  await page.waitForEvent('load');
  await workbenchIsUp(page);
  await runCommand(page, 'View: Show Farside');
  await treeItem(page, 'points').waitFor();
  expect(await page.locator('.terminal-wrapper', { hasText: 'REMOTE>' }).count()).toBe(0);
  await treeItem(page, 'points').locator('.label-name').click();
  await waitForTerminal(page, /^ADA\s+REMOTE>$/m);
});

test('a session that ended meanwhile says so once, and starts again in the same folder', async () => {
  await typeInTerminal(world.page, 'kept <- 99');
  // What has not left the page yet goes with it: the next prompt says that R has run the line.
  await waitForTerminal(world.page, /^REMOTE> kept <- 99\s+REMOTE>$/m);
  await world.page.close();
  const client = await world.server.client();
  const [session] = await client.call('sessions');
  await client.call('endSession', { params: { id: session?.id ?? '' }, body: { saveWorkspace: true } });
  client.dispose();
  const page = await world.reopen();
  await waitForTerminal(page, /ended: [\s\S]*Enter to start again in the same folder/);
  await world.shot('revive-ended');
  await pressInTerminal(page, 'Enter');
  await waitForTerminal(page, /REMOTE>$/);
  await typeInTerminal(page, 'cat("kept is", kept, "\\n")');
  await waitForTerminal(page, /^kept is 99\s+REMOTE>$/m);
  await world.shot('revive-restarted');
});

test('a flood is interrupted from the editor; the extension host stays small', async () => {
  const { editor } = world;
  // Hosts of windows that closed without a word live on for a while.
  const others = new Set(editor.extensionHosts());
  const page = await world.reopen();
  await waitForTerminal(page, /^kept is 99\s+REMOTE>$/m);
  const [host = 0] = editor.extensionHosts().filter((pid) => !others.has(pid));
  const before = ownBytes(host);
  await typeInTerminal(page, 'while (TRUE) cat("x")');
  await waitForTerminal(page, /xxxxxxxxxx/);
  let largest = 0;
  const end = Date.now() + FLOOD_MS;
  const measured = async (): Promise<boolean> => {
    largest = Math.max(largest, ownBytes(host));
    return Date.now() > end;
  };
  await until(measured, FLOOD_MS * 2, () => 'the measuring');
  const pressed = Date.now();
  await runCommand(page, 'Farside: Interrupt');
  await status(page, 'idle').waitFor();
  const took = Date.now() - pressed;
  await typeInTerminal(page, 'cat("calm", "again\\n")');
  await waitForTerminal(page, /calm again\s+REMOTE>$/);
  await measured();
  process.stdout.write(
    `extension host: ${megabytes(before)} MB, under a flood ${megabytes(largest)} MB; idle after ${took} ms, with the palette\n`,
  );
  expect(largest).toBeLessThan(MAX_HOST_BYTES);
  expect(largest - before).toBeLessThan(MAX_GROWTH_BYTES);
});

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);

function ownBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
