import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN } from './support/server.ts';
import { notification, openFile, runCommand, signInTo } from './support/workbench.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ untrusted: true });
});
afterAll(async () => {
  await world?.end();
});

test('in a folder that is not trusted, running files is refused with a way out', async () => {
  const { page, server } = world;
  await signInTo(page, server.url, ADMIN.user, ADMIN.password);
  await openFile(page, 'analysis.R');
  await runCommand(page, 'Farside: Run Current File');
  const told = notification(page, 'needs a trusted workspace');
  await told.waitFor();
  await world.shot('untrusted');
  expect(await told.locator('.monaco-button').allTextContents()).toContain('Manage Workspace Trust');
});
