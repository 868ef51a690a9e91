import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EndFlag, endFrame, fromUtf8, Hello, WORKER_PROTOCOL } from '@farside/protocol';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

const file = (w: Worker): string => join(w.dir, 'workspace.RData');
const quoted = (w: Worker): string => JSON.stringify(file(w));

async function endSaving(w: Worker, graceMs = 20_000): Promise<string> {
  const exit = once(w.process, 'exit');
  w.send(endFrame(graceMs, EndFlag.saveWorkspace));
  await exit;
  return (await w.final()).cause;
}

test('the hello has the version of the protocol', async () => {
  const w = await worker();
  const hello = Hello.parse(JSON.parse(fromUtf8(w.records[0]?.payload ?? new Uint8Array())));
  expect(hello.protocol).toBe(WORKER_PROTOCOL);
});

test.each([
  ['at a prompt', undefined],
  ['in a loop', 'repeat { n <- n + 1; Sys.sleep(0.001) }'],
  ['in an unfinished line', 'x <- (1 +'],
  ['in browser()', '(function() { browser(); 1 })()'],
  ['at readline()', 'readline("? ")'],
])('a session that is ended %s leaves its workspace', async (_, code) => {
  const w = await worker();
  await w.run('n <- 0; a <- 1:3; .hidden <- "h"; set.seed(7); library(splines)');
  const at = w.head();
  if (code !== undefined) {
    w.input(code);
    await w.until(() => w.records.find((r) => r.seq > at && r.type === 'I'));
    if (!code.startsWith('repeat')) await w.prompt(at);
  }
  expect(await endSaving(w)).toBe('asked');
  expect(existsSync(`${file(w)}.new`)).toBe(false);
  const next = await worker();
  const seed = await next.run('set.seed(7); before <- .Random.seed; rm(.Random.seed)');
  expect(seed).toBe('');
  const names = await next.run(`cat(sort(farside:::restore_workspace(${quoted(w)})))`);
  expect(names).toContain('.hidden .Random.seed a n');
  expect(
    await next.run('cat(a, .hidden, identical(before, .Random.seed), "package:splines" %in% search())'),
  ).toBe('1 2 3 h TRUE TRUE');
});

test('q() saves nothing, also when the session is being ended', async () => {
  const w = await worker();
  await w.run('n <- 1');
  const at = w.head();
  w.input('cat("running\\n"); tryCatch(Sys.sleep(1000), interrupt = function(i) q())');
  await w.until(() => w.output(at).includes('running'));
  await endSaving(w);
  expect(existsSync(file(w))).toBe(false);
});

test('what goes wrong is said in the console, and R ends', async () => {
  const w = await worker();
  mkdirSync(file(w));
  expect(await endSaving(w)).toBe('asked');
  expect(w.output(0, 'e')).toContain('The workspace was not saved: ');
});

test('a workspace that takes longer than the grace leaves what was there', async () => {
  const w = await worker();
  await w.run(`n <- 1; farside:::save_workspace(${quoted(w)})$saved`);
  const before = readFileSync(file(w));
  await w.run('big <- lapply(1:40, function(i) runif(1e6))');
  await endSaving(w, 50);
  expect(readFileSync(file(w)).equals(before)).toBe(true);
});

test('a checkpoint forces no promise, runs no active binding, and keeps to its limit', async () => {
  const w = await worker();
  await w.run('delayedAssign("p", { cat("forced\\n"); 5 }); makeActiveBinding("b", function() cat("ran\\n"), globalenv())');
  await w.run('x <- numeric(1e5)');
  const save = (more = ''): Promise<{ text: string }> =>
    w.call(`farside:::to_json(farside:::save_workspace(${quoted(w)}${more}))`);
  const at = w.head();
  expect(JSON.parse((await save()).text)).toMatchObject({ saved: true });
  expect(JSON.parse((await save(', 1e5')).text)).toMatchObject({ saved: false });
  expect(w.head()).toBe(at);
  const next = await worker();
  expect(await next.run(`x <- farside:::restore_workspace(${quoted(w)})`)).toBe('');
  expect(await next.run('p + 1')).toBe('forced\n[1] 6\n');
});
