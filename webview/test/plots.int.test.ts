import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FromPlots, ToPlots } from '@farside/protocol';
import { Plots, type PlotSession } from '../../server/src/compute/plots/service.ts';
import { drawnSession, testRuntime } from '../../server/src/compute/plots/testing.ts';
import { WebviewPage } from './browser.ts';

/** Pictures to look at. */
const SHOTS = join(import.meta.dirname, '..', '..', '.cache', 'shots');
const LIGHT = {
  '--vscode-editor-background': '#ffffff',
  '--vscode-foreground': '#3b3b3b',
  '--vscode-descriptionForeground': '#717171',
  '--vscode-panel-border': '#e5e5e5',
  '--vscode-button-background': '#005fb8',
  '--vscode-button-foreground': '#ffffff',
  '--vscode-button-secondaryBackground': '#e5e5e5',
  '--vscode-button-secondaryForeground': '#3b3b3b',
  '--vscode-input-background': '#ffffff',
  '--vscode-input-foreground': '#3b3b3b',
  '--vscode-dropdown-background': '#ffffff',
  '--vscode-dropdown-border': '#cecece',
  '--vscode-dropdown-foreground': '#3b3b3b',
  '--vscode-errorForeground': '#c72e0f',
  '--vscode-focusBorder': '#005fb8',
};

let session: PlotSession;
let plots: Plots;
let view: WebviewPage;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  const runtime = await testRuntime();
  session = drawnSession(
    runtime,
    `plot(cars, main = "Stopping distance \u8eca", pch = 19); lines(lowess(cars), col = 2); at_prompt()
     image(volcano, useRaster = TRUE, col = hcl.colors(30)); at_prompt()`,
  );
  plots = new Plots(runtime);
  view = await WebviewPage.open('plots', LIGHT);
});
afterAll(async () => {
  await view?.close();
  plots?.dispose();
  rmSync(session.dir, { recursive: true, force: true });
});

const shot = (name: string): Promise<Buffer> =>
  view.page.screenshot({ path: join(SHOTS, `plots-${name}.png`) });

async function sendList(current: number | null): Promise<void> {
  const pages = current === null ? [] : await plots.list(session);
  await view.send({ type: 'plots', session: 's', title: 'lab', pages, current } satisfies ToPlots);
}

let renders = 0;
/** Answers the next request to draw with what the real renderer draws. */
async function answer(): Promise<Extract<FromPlots, { type: 'render' }>> {
  const request = await view.waitFor<FromPlots, 'render'>('render', ++renders);
  const bytes = await plots.draw(session, request.page, request);
  const mime = request.format === 'svg' ? 'image/svg+xml' : 'image/png';
  await view.send({ ...request, type: 'image', mime }, bytes);
  return request;
}

const imageSize = (): Promise<number[]> =>
  view.page.evaluate(async () => {
    const image = document.querySelector('img');
    await image?.decode();
    return [image?.naturalWidth ?? 0, image?.naturalHeight ?? 0, image?.clientWidth ?? 0];
  });

test('the page says it is ready, and an empty one says what to do', async () => {
  await view.waitFor<FromPlots, 'ready'>('ready', 1);
  await sendList(null);
  await view.page.getByText('No plots in lab yet').waitFor();
  expect(await view.page.getByRole('button', { name: 'Save plot…' }).isEnabled()).toBe(false);
  await shot('empty');
});

test('a small plot is an SVG of the pane’s size', async () => {
  await sendList(1);
  const request = await answer();
  expect(request).toMatchObject({ page: 1, format: 'svg', width: 620 });
  await view.page.getByRole('img', { name: 'Plot 1 of 2 of lab' }).waitFor();
  expect(await imageSize()).toEqual([request.width, request.height, 620]);
  await shot('svg');
});

test('an arrow key leads to the next plot; a large one is a PNG of the device’s pixels', async () => {
  await view.page.keyboard.press('ArrowRight');
  expect(await view.waitFor<FromPlots, 'show'>('show', 1)).toEqual({ type: 'show', page: 2 });
  const request = await answer();
  expect(request).toMatchObject({ page: 2, format: 'png', scale: 2, width: 620 });
  await view.page.getByRole('img', { name: 'Plot 2 of 2 of lab' }).waitFor();
  expect(await imageSize()).toEqual([request.width * 2, request.height * 2, 620]);
  expect(await view.page.getByRole('button', { name: 'Next plot' }).isEnabled()).toBe(false);
  await shot('png');
});

test('another size of the pane is drawn anew', async () => {
  await view.page.setViewportSize({ width: 500, height: 380 });
  expect(await answer()).toMatchObject({ width: 500 });
});

test('saving asks for format and size, and says what is wrong with them', async () => {
  await view.page.getByRole('button', { name: 'Save plot…' }).click();
  const width = view.page.getByRole('textbox', { name: 'Width (px)' });
  await width.fill('12');
  await view.page.keyboard.press('Enter');
  await view.page.getByRole('alert').filter({ hasText: 'whole numbers' }).waitFor();
  await shot('save');
  await width.fill('800');
  await view.page.keyboard.press('Enter');
  const saved = await view.waitFor<FromPlots, 'save'>('save', 1);
  expect(saved).toMatchObject({ page: 2, format: 'png', width: 800 });
  renders = (await view.posted<FromPlots>()).filter((m) => m.type === 'render').length;
});

test('a failure is words in place of the picture, and going on works', async () => {
  await view.send({ type: 'failed', session: 's', page: 2, message: 'The plot could not be drawn.' });
  await view.page.getByRole('alert').filter({ hasText: 'could not be drawn' }).waitFor();
  await shot('failed');
  await view.page.getByRole('button', { name: 'Previous plot' }).click();
  await answer();
  await view.page.getByRole('img', { name: 'Plot 1 of 2 of lab' }).waitFor();
});

test('the strict content security policy was not in the way', () => {
  expect(view.errors).toEqual([]);
});
