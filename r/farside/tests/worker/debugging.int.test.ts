import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

/** Sends a line and gives the kind of the prompt that follows. */
async function asks(w: Worker, line: string): Promise<string> {
  const at = w.head();
  w.input(line);
  await w.until(() => w.records.find((r) => r.seq > at && r.type === 'I'));
  const read = w.records.findLast((r) => r.type === 'I')?.seq ?? at;
  return (await w.prompt(read)).kind;
}

test('debugonce() stops once, and leaves with Q', async () => {
  const w = await worker();
  await w.run('g <- function(x) { y <- x + 1; y * 2 }; debugonce(g)');
  expect(await asks(w, 'g(1)')).toBe('b');
  expect(await w.run('where')).toContain('where 1: g(1)');
  expect(await w.run('ls()')).toBe('[1] "x"\n');
  expect(await asks(w, 'Q')).toBe('t');
  expect(await w.run('g(1)')).toBe('[1] 4\n');
});

test('trace() with browser, and untrace()', async () => {
  const w = await worker();
  await w.run('f <- function(n) n + 1');
  await w.run('invisible(trace("f", tracer = browser, print = FALSE))');
  expect(await asks(w, 'f(41)')).toBe('b');
  expect(await w.run('n')).toContain('n + 1');
  expect(await w.run('n')).toContain('42');
  await w.run('untrace("f")');
  expect(await w.run('f(1)')).toBe('[1] 2\n');
});

test('recover() looks into a frame and comes back to the choice', async () => {
  const w = await worker();
  await w.run('options(error = recover); h <- function(secret) stop("boom"); k <- function() h(7)');
  expect(await asks(w, 'k()')).toBe('m');
  expect(await asks(w, '2')).toBe('b');
  expect(await w.run('secret')).toBe('[1] 7\n');
  expect(await asks(w, 'c')).toBe('m');
  expect(await asks(w, '0')).toBe('t');
});

test('browser() in browser(), an error there, and an interrupt lead back where R says', async () => {
  const w = await worker();
  expect(await asks(w, 'browser()')).toBe('b');
  const at = w.head();
  expect(await asks(w, '(function() browser())()')).toBe('b');
  expect(w.records.some((r) => r.seq > at && Buffer.from(r.payload).toString() === 'Browse[2]> ')).toBe(true);
  expect(await asks(w, 'stop("inside")')).toBe('b');
  expect(await asks(w, 'Q')).toBe('t');
});

test('children write live and in order, on both streams', async () => {
  const w = await worker();
  expect(
    await w.run(`cat("a\\n"); system("echo b; echo c >&2; echo d"); message("e"); system2("echo", "f")`),
  ).toBe('a\nb\nc\nd\ne\nf\n');
  // Live: the first line is there while the child waits for a file that is made after it was seen.
  w.input('system("echo first; while [ ! -e go ]; do sleep 0.05; done; echo second")');
  await w.until(() => w.output().includes('first'));
  expect(w.output()).not.toContain('second');
  writeFileSync(`${w.dir}/work/go`, '');
  await w.until(() => w.output().includes('second'));
});

test('children that read, that stay, and whose output is wanted', async () => {
  const w = await worker();
  expect(await w.run('system("cat"); system("read x; echo got $x")')).toBe('got\n');
  expect(await w.run('system("cat", input = c("one", "two"))')).toBe('one\ntwo\n');
  expect(await w.run('system("echo out; echo err >&2", intern = TRUE)')).toBe('err\n[1] "out"\n');
  expect(await w.run('system2("sh", c("-c", shQuote("echo err >&2")), TRUE, TRUE)')).toBe('[1] "err"\n');
  expect(await w.run('system("exit 3")')).toBe('');
  expect(await w.run('print(system("exit 3"))')).toBe('[1] 3\n');
  const at = w.head();
  const stays = "sh -c 'while [ ! -e on ]; do sleep 0.05; done; echo later'";
  await w.run(`system("${stays}", wait = FALSE); cat("sooner\\n")`);
  writeFileSync(`${w.dir}/work/on`, '');
  await w.until(() => w.output(at).includes('later'));
  expect(w.output(at)).toBe('sooner\nlater\n');
});
