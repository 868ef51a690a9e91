import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FromSnapshots, SnapshotItem, SnapshotServer, ToSnapshots } from '@farside/protocol';
import { WebviewPage } from './browser.ts';

let view: WebviewPage;
beforeAll(async () => {
  view = await WebviewPage.open('snapshots');
});
afterAll(() => view?.close());

const HOSTILE = '<img src=x onerror="window.hacked = 1">';
const item = (id: string, created: number, more: Partial<SnapshotItem> = {}): SnapshotItem => ({
  id,
  name: `snapshot ${id}`,
  created,
  size: created * 1000,
  ...more,
});
const lab: SnapshotServer = {
  url: 'https://lab.example',
  name: 'lab',
  items: [
    item('a', 1),
    item('b', 2, { session: 'points', rVersion: '4.2.2', objects: 3, files: 1 }),
    item('c', 3),
  ],
};
const shows = (...servers: SnapshotServer[]): Promise<void> =>
  view.send({ type: 'list', servers } satisfies ToSnapshots);
const names = (): Promise<string[]> => view.page.locator('tbody .title').allTextContents();
const focused = (): Promise<string | undefined> =>
  view.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['focus']);

test('the newest comes first, each with what is known of it', async () => {
  await shows(lab);
  await view.page.getByRole('status').filter({ hasText: '3 snapshots' }).waitFor();
  expect(await names()).toEqual(['snapshot c', 'snapshot b', 'snapshot a']);
  const row = view.page.getByRole('row', { name: /snapshot b/ });
  expect(await row.textContent()).toMatch(/3 objects, 1 file.*points.*2\.0 kB.*4\.2\.2/);
  expect(await view.page.getByRole('columnheader', { name: 'Created' }).getAttribute('aria-sort')).toBe(
    'descending',
  );
});

test('columns sort by keyboard, and keep the focus', async () => {
  await view.page.getByRole('button', { name: 'Name' }).focus();
  await view.page.keyboard.press('Enter');
  expect(await names()).toEqual(['snapshot a', 'snapshot b', 'snapshot c']);
  await view.page.keyboard.press('Space');
  expect(await names()).toEqual(['snapshot c', 'snapshot b', 'snapshot a']);
  expect(await focused()).toBe('sort name');
});

test('buttons have names of their own and say what is wanted', async () => {
  for (const label of [
    'Create Snapshot…',
    'Refresh',
    'Load “snapshot b”',
    'Download “snapshot b”',
    'Delete “snapshot b”',
  ])
    await view.page.getByRole('button', { name: label, exact: true }).click();
  const named = { url: lab.url, id: 'b' };
  expect((await view.posted<FromSnapshots>()).slice(1)).toEqual([
    { type: 'create' },
    { type: 'refresh' },
    { type: 'load', ...named },
    { type: 'download', ...named },
    { type: 'delete', ...named },
  ]);
});

test('when a row has gone the focus is in the next one', async () => {
  expect(await focused()).toBe('delete b');
  await shows({ ...lab, items: lab.items.filter(({ id }) => id !== 'b') });
  await view.page.getByRole('status').filter({ hasText: '2 snapshots' }).waitFor();
  expect(await focused()).toBe('delete a');
});

test('servers are told apart, problems said, texts never markup', async () => {
  const problem = { text: 'You are not signed in.', signIn: true };
  const other = { url: 'https://other.example', name: HOSTILE, items: [], problem };
  await shows({ ...lab, items: [item('a', 1, { name: HOSTILE, session: HOSTILE })] }, other);
  await view.page.getByRole('alert').filter({ hasText: problem.text }).waitFor();
  expect(await view.page.locator('h2').allTextContents()).toEqual(['lab', HOSTILE]);
  expect(await view.page.evaluate('window.hacked')).toBeUndefined();
  await view.page.getByRole('button', { name: 'Sign In…' }).click();
  expect((await view.posted<FromSnapshots>()).at(-1)).toEqual({ type: 'signIn', url: other.url });
  await shows({ ...lab, items: [] });
  await view.page.getByText('There are no snapshots on lab.').waitFor();
  expect(view.errors).toEqual([]);
});
