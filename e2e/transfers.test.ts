import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { typeInTerminal, waitForTerminal } from './support/terminal.ts';
import {
  answer,
  choose,
  dialog,
  notification,
  pressInDialog,
  runCommand,
  statusMessage,
  typePlace,
} from './support/workbench.ts';
import { runProject } from './support/project.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
/** Files that are no part of the project. */
const here = mkdtempSync(join(tmpdir(), 'farside-e2e-transfers-'));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hashOf = (path: string): string => sha256(readFileSync(path));
/** Larger than one piece of an upload. */
const LARGE_BYTES = 3_000_001;

beforeAll(async () => {
  world = await startWorld();
  mkdirSync(join(here, 'set', 'deep', 'er'), { recursive: true });
  writeFileSync(join(here, 'large.bin'), randomBytes(LARGE_BYTES));
  writeFileSync(join(here, 'points.csv'), 'not the points of the project\n');
  writeFileSync(join(here, 'set', 'a.csv'), 'a\n1\n');
  writeFileSync(join(here, 'set', 'deep', 'ü b.txt'), 'ü\n');
  writeFileSync(join(here, 'set', 'deep', 'er', 'bytes.bin'), randomBytes(10_000));
  writeFileSync(join(here, 'set', 'empty'), '');
  await runProject(world, 'steps.R', /sum is \d+[^]*REMOTE>$/);
});
afterAll(async () => {
  await world?.shot('transfers-end').catch(() => undefined);
  await world?.end();
  rmSync(here, { recursive: true, force: true });
});

/** What R itself finds in a file of the session. */
async function sizeThere(path: string): Promise<number> {
  await typeInTerminal(world.page, `cat("size:", file.size("${path}"), "\\n")`);
  const text = await waitForTerminal(world.page, /size: (\d+|NA)\s+REMOTE>$/);
  return Number(/size: (\d+)\s+REMOTE>$/.exec(text)?.[1]);
}

test('a file goes into the session; a name that leads out of it is refused while it is typed', async () => {
  const { page } = world;
  await runCommand(page, 'Farside: Upload File to Session…');
  await typePlace(page, join(here, 'large.bin'), 'Upload', () => world.shot('upload-choose'));
  const box = page.locator('.quick-input-widget', { hasText: 'Upload to “points”' });
  await box.filter({ hasText: 'folders are made' }).waitFor();
  await box.locator('input').fill('../large.bin');
  await box.filter({ hasText: 'would lead out of the working directory' }).waitFor();
  await world.shot('upload-refused');
  await page.keyboard.press('Enter');
  await box.filter({ hasText: 'would lead out of the working directory' }).waitFor();
  await answer(page, 'Upload to “points”', 'raw/large.bin');
  await statusMessage(page, 'Uploaded raw/large.bin').waitFor();
  await world.shot('upload-done');
  expect(await sizeThere('raw/large.bin')).toBe(LARGE_BYTES);
});

test('another file of that name is a question, also when the project has sent it', async () => {
  const { page } = world;
  await runCommand(page, 'Farside: Upload File to Session…');
  await typePlace(page, join(here, 'points.csv'), 'Upload');
  await answer(page, 'Upload to “points”', 'data/points.csv');
  await dialog(page).filter({ hasText: 'has another file “data/points.csv”' }).waitFor();
  await world.shot('upload-replace');
  await pressInDialog(page, 'has another file', 'Cancel');
  expect(await sizeThere('data/points.csv')).toBe(
    readFileSync(join(world.project, 'data', 'points.csv')).length,
  );
});

test('a folder goes into the session with all that is in it; what differs there is one question', async () => {
  const { page } = world;
  await typeInTerminal(page, 'dir.create("in"); cat("theirs", file = "in/a.csv"); cat("made", "\\n")');
  await waitForTerminal(page, /^made\s+REMOTE>$/m);
  await runCommand(page, 'Farside: Upload Folder to Session…');
  await typePlace(page, join(here, 'set'), 'Upload', () => world.shot('upload-folder-choose'));
  await answer(page, 'Upload a Folder to “points”', 'in');
  await dialog(page).filter({ hasText: 'has another file “in/a.csv”' }).waitFor();
  await world.shot('upload-folder-replace');
  await pressInDialog(page, 'in/a.csv', 'Replace It');
  await notification(page, 'Uploaded 4 files').waitFor();
  await world.shot('upload-folder-done');
  expect(await sizeThere('in/a.csv')).toBe(4);
  expect(await sizeThere('in/deep/er/bytes.bin')).toBe(10_000);
});

test('the file comes back with the same bytes', async () => {
  const { page } = world;
  await runCommand(page, 'Farside: Download File from Session…');
  await page.locator('.quick-input-widget', { hasText: 'raw/large.bin' }).waitFor();
  await world.shot('download-choose');
  await choose(page, 'raw/large.bin');
  await typePlace(page, join(here, 'back.bin'), 'OK', () => world.shot('download-save'));
  await statusMessage(page, /Saved 3\.0 MB/).waitFor();
  expect(hashOf(join(here, 'back.bin'))).toBe(hashOf(join(here, 'large.bin')));
});

test('the folder comes back with the same bytes; the files that it would replace are named', async () => {
  const { page } = world;
  const into = join(here, 'back');
  mkdirSync(join(into, 'in'), { recursive: true });
  writeFileSync(join(into, 'in', 'a.csv'), 'mine');
  const fetchFolder = async (): Promise<void> => {
    await runCommand(page, 'Farside: Download Folder from Session…');
    await page.locator('.quick-input-widget', { hasText: 'Working directory' }).waitFor();
    await world.shot('download-folder-choose');
    await choose(page, /^in\s*4 files/);
    await typePlace(page, into, 'Download Here', () => world.shot('download-folder-place'));
    await dialog(page).filter({ hasText: '1 file of your folder “in” would be replaced' }).waitFor();
  };
  await fetchFolder();
  await world.shot('download-folder-replace');
  await pressInDialog(page, 'a.csv', 'Download Only the Others');
  await notification(page, 'Saved 3 files').waitFor();
  await world.shot('download-folder-done');
  expect(readFileSync(join(into, 'in', 'a.csv'), 'utf8')).toBe('mine');
  const files = (dir: string): string[] =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
      .sort();
  expect(files(join(into, 'in'))).toEqual(files(join(here, 'set')));
  for (const path of files(join(here, 'set')).filter((one) => one !== 'a.csv'))
    expect([path, hashOf(join(into, 'in', path))]).toEqual([path, hashOf(join(here, 'set', path))]);
});
