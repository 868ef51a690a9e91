import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InputFlag, RecordType, decodeConsumed } from '@farside/protocol';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

/** Stores `text` as a server would, runs it under `name`, and gives what was printed. */
async function runFile(
  w: Worker,
  text: string | Buffer,
  more = 'echo = FALSE',
  name = 'analysis.R',
): Promise<string> {
  const path = join(w.dir, 'stored-copy');
  writeFileSync(path, text);
  return w.run(`farside::run_file(${JSON.stringify(path)}, ${JSON.stringify(name)}, ${more})`);
}

test('values are printed; the code is shown with prompts when asked for', async () => {
  const w = await worker();
  expect(await runFile(w, 'x <- 2\nx * 21\ninvisible(7)\n')).toBe('[1] 42\n');
  const script = '# a comment\nf <- function(a) {\n  a + 1\n}\n\nf(1); f(2)\n# the end\n';
  expect(await runFile(w, script, 'echo = TRUE')).toBe(
    '> # a comment\n> f <- function(a) {\n+   a + 1\n+ }\n> f(1); f(2)\n[1] 2\n[1] 3\n> # the end\n',
  );
});

test('an error names the lines it came from, and traceback() shows the file’s own frames', async () => {
  const w = await worker();
  const script = 'g <- function(x) {\n  if (x) stop("boom")\n}\nh <- function() {\n  g(TRUE)\n}\nh()\n';
  expect(await runFile(w, script)).toBe(
    'Error in g(TRUE) : boom\n  at analysis.R:2\n  at analysis.R:5\n  at analysis.R:7\n',
  );
  expect(await w.run('traceback()')).toBe(
    [
      '4: stop("boom") at analysis.R#2',
      '3: g(TRUE) at analysis.R#5',
      '2: h() at analysis.R#7',
      '1: run_file("analysis.R")',
      '',
    ].join('\n'),
  );
  expect(await runFile(w, 'x <- 1\n\nx + "a"\n')).toMatch(/^Error in x \+ "a" : .*\n {2}at analysis\.R:3\n$/);
  expect(await runFile(w, 'k <- function() {\n  1 + "a"\n}\nk()\n')).toMatch(
    /at analysis\.R:2\n {2}at analysis\.R:4\n$/,
  );
});

test('an error ends the run unless told otherwise; a caught one is nobody’s business', async () => {
  const w = await worker();
  const script = 'cat("one\\n")\nstop("no")\ncat("two\\n")\n';
  expect(await runFile(w, script)).not.toContain('two');
  expect(await runFile(w, script, 'echo = FALSE, stop = FALSE')).toContain('at analysis.R:2\ntwo\n');
  expect(await runFile(w, 'tryCatch(stop("no"), error = function(e) cat("caught\\n"))\n')).toBe('caught\n');
});

test('a script that does not parse runs not at all, with file, line and caret', async () => {
  const w = await worker();
  expect(await runFile(w, 'cat("no\\n")\nx y\n')).toBe(
    'Error: analysis.R:2:3: unexpected symbol\n1: cat("no\\n")\n2: x y\n     ^\n',
  );
});

test('CRLF, a byte order mark, latin1, no final newline, empty files; binary junk is refused', async () => {
  const w = await worker();
  expect(await runFile(w, '\ufeffx <- 3\r\nx\r\nnchar("a\\nb")')).toBe('[1] 3\n[1] 3\n');
  expect(await runFile(w, Buffer.from('nchar("caf\xe9"); "caf\xe9"\n', 'latin1'))).toBe(
    '[1] 4\n[1] "café"\n',
  );
  expect(await runFile(w, '"日本語"\n')).toBe('[1] "日本語"\n');
  expect(await runFile(w, '')).toBe('');
  expect(await runFile(w, '\n\n# nothing\n')).toBe('');
  expect(await runFile(w, Buffer.from([1, 0, 2]))).toBe(
    'Error: The file has NUL bytes: it is not a script.\n',
  );
});

test('browser(), function printing and warnings know the file', async () => {
  const w = await worker();
  await runFile(w, 'f <- function(x) { # kept\n  x + 1\n}\n');
  expect(await w.run('f')).toContain('# kept');
  const at = w.head();
  await w.run('debug(f)');
  w.input('f(1)');
  expect((await w.prompt(at + 3)).kind).toBeDefined();
  await w.until(() => w.output(at).includes('debug at analysis.R#1'));
});

test('commandArgs() shows the arguments during the run only', async () => {
  const w = await worker();
  const args = 'echo = FALSE, args = c("--fast", "a b")';
  expect(await runFile(w, 'commandArgs(trailingOnly = TRUE)\n', args)).toBe('[1] "--fast" "a b"   \n');
  expect(await w.run('commandArgs(trailingOnly = TRUE)')).toBe('character(0)\n');
});

test('a run is shown by its display text, not by the code that does it', async () => {
  const w = await worker();
  const at = w.head();
  w.input('c(1,\n2)', { flag: InputFlag.run, display: 'source("analysis.R")' });
  await w.until(() => w.output(at).includes('[1] 1 2'));
  const consumed = w.records.filter((r) => r.seq > at && r.type === RecordType.consumed);
  expect(consumed.map((r) => decodeConsumed(r.payload).text)).toEqual(['source("analysis.R")\n', '']);
});
