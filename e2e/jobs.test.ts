import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from './support/processes.ts';
import { ADMIN } from './support/server.ts';
import {
  acceptPick,
  chooseTheme,
  notification,
  openFile,
  runCommand,
  signInTo,
  treeItem,
} from './support/workbench.ts';
import { startWorld, type World } from './support/world.ts';

const FILE_MS = 30_000;
let world: World;

beforeAll(async () => {
  world = await startWorld();
  await signInTo(world.page, world.server.url, ADMIN.user, ADMIN.password);
});
afterAll(async () => {
  await world?.shot('jobs-end').catch(() => undefined);
  await world?.end();
});

test('run the file as a job: it is told when it is done, with its log, plot and file', async () => {
  const { page, project } = world;
  await openFile(page, 'job.R');
  await world.shot('jobs-empty');
  await runCommand(page, 'Farside: Run Current File as Job');
  await acceptPick(page, 'Send “points” to the Server');
  await treeItem(page, 'job.R').waitFor();
  await world.shot('jobs-running');
  const told = notification(page, 'The job “job.R” is done');
  await told.waitFor();
  await world.shot('jobs-done');
  await told.locator('.monaco-button', { hasText: 'Show Log' }).click();
  await page.locator('.tab.active', { hasText: 'job.R (journal).txt' }).waitFor();
  await page.locator('.view-lines', { hasText: 'step 4' }).first().waitFor();
  await treeItem(page, 'job.R').locator('.monaco-tl-twistie').click();
  await treeItem(page, '1 plot').waitFor();
  await world.shot('jobs-parts');
  await treeItem(page, 'answer.csv').click();
  await acceptPick(page, 'Bring Files Back');
  const there = async (): Promise<boolean> => existsSync(join(project, 'answer.csv'));
  await until(there, FILE_MS, () => 'the file that the job made');
  expect(readFileSync(join(project, 'answer.csv'), 'utf8')).toMatch(/42/);
});

test('a job that fails names the error and its place, which opens', async () => {
  const { page } = world;
  await openFile(page, 'broken.R');
  await runCommand(page, 'Farside: Run Current File as Job');
  await notification(page, 'no half of 3').waitFor();
  await world.shot('jobs-failed');
  await treeItem(page, 'broken.R').locator('.monaco-tl-twistie').click();
  await openFile(page, 'steps.R');
  await treeItem(page, /half\(3\)/).click();
  await page.locator('.tab.active', { hasText: 'broken.R' }).waitFor();
});

test('a job that ends while VS Code is closed is told by the next window', async () => {
  await openFile(world.page, 'job.R');
  await runCommand(world.page, 'Farside: Run Current File as Job');
  await treeItem(world.page, /job\.R.*(running|starting)/).waitFor();
  await world.page.close();
  const client = await world.server.client();
  const over = async (): Promise<boolean> =>
    (await client.call('jobs')).every((job) => job.state !== 'running' && job.state !== 'starting');
  await until(over, FILE_MS, () => 'the end of the job');
  client.dispose();
  const page = await world.reopen();
  await notification(page, 'The job “job.R” is done').waitFor();
  await runCommand(page, 'View: Show Farside');
});

test.each([
  ['Dark Modern', 'vs-dark'],
  ['Dark High Contrast', 'hc-black'],
])('the jobs in %s', async (theme, kind) => {
  await chooseTheme(world.page, theme, kind);
  await world.shot(`jobs-${kind}`);
});
