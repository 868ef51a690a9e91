import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FromHelp, ToHelp } from '@farside/protocol';
import { WebviewPage } from './browser.ts';

let view: WebviewPage;
beforeAll(async () => {
  view = await WebviewPage.open('help');
});
afterAll(() => view?.close());

const shows = (html: string): Promise<void> => {
  const page = { title: 'T', package: 'demo', html, entries: [], back: false, forward: true };
  return view.send({ type: 'page', ...page } satisfies ToHelp);
};
const posted = (): Promise<FromHelp[]> => view.posted<FromHelp>();

test('a hostile page is text and harmless elements', async () => {
  await shows(`<!DOCTYPE html><base href="https://evil.example/"><h2 onclick="bad()" style="position:fixed">Title</h2>
    <script>window.hacked = 1</script><img src="https://evil.example/x.png" onerror="window.hacked = 2">
    <iframe srcdoc="<script>top.hacked = 3</script>">x</iframe><form action="https://evil.example"><input></form>
    <svg onload="window.hacked = 4"><a xlink:href="javascript:bad()">s</a></svg><math><mtext>m</mtext></math>
    <a href="javascript:window.hacked = 5">one</a><a href="command:farside.endSession">two</a><p>Text &lt;b&gt;</p>`);
  const main = view.page.locator('main');
  await main.locator('h2').waitFor();
  const made = await main.evaluate((element) =>
    [...element.querySelectorAll('*')].map((one) => one.outerHTML),
  );
  expect(made).toEqual(['<h2>Title</h2>', '<a>one</a>', '<a>two</a>', '<p>Text &lt;b&gt;</p>']);
  for (const link of await main.locator('a').all()) await link.click();
  expect(await view.page.evaluate('window.hacked')).toBeUndefined();
  expect(await posted()).toEqual([{ type: 'ready' }]);
  // While it is taken apart the policy is asked, and says no: nothing of the page is fetched or run.
  expect(view.errors.filter((error) => !error.includes('has been blocked'))).toEqual([]);
});

test('links lead to topics, the web and places; buttons go back and forward', async () => {
  await shows(
    '<a href="../../stats/help/lm">lm</a> <a href="https://a.example/">web</a> <a href="#x">x</a><p id="x">X</p>',
  );
  for (const name of ['lm', 'web', 'x']) await view.page.locator('main a', { hasText: name }).first().click();
  await view.page.locator('button[title="Forward"]').click();
  expect(await view.page.locator('button[title="Back"]').isDisabled()).toBe(true);
  expect((await posted()).slice(1)).toEqual([
    { type: 'open', target: { kind: 'topic', package: 'stats', topic: 'lm' } },
    { type: 'external', url: 'https://a.example/' },
    { type: 'go', way: 'forward' },
  ]);
});
