import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { eofFrame, RecordType } from '@farside/protocol';
import { worker } from './library.ts';

/** What a local R prints for the same lines: prompts and output, no echo. */
function localR(lines: string): string {
  const command = 'R --quiet --no-readline --interactive --no-save --no-restore 2>&1';
  return spawnSync('sh', ['-c', command], { input: lines, encoding: 'utf8' }).stdout;
}

test('printing, warnings, errors and traceback are those of a local R', async () => {
  const lines = [
    '1:30',
    'invisible(3)',
    'f <- function(x) { warning("careful"); x }',
    'f(1)',
    'for (i in 1:3) warning(paste("w", i))',
    'g <- function() stop("boom")',
    'h <- function() g()',
    'h()',
    'traceback()',
    'sqrt(-1)',
    'x y',
    'message("to stderr")',
    'summary(lm(mpg ~ wt, mtcars))',
    '"日本語 é 👩‍👩‍👧 e\\u0301"',
  ].join('\n');
  const w = await worker();
  w.input(lines);
  w.send(eofFrame());
  await w.final();
  expect(w.transcript()).toBe(localR(`${lines}\n`));
});

test('children, C code and forked children are captured live and in order', async () => {
  const w = await worker();
  const code = [
    'for (i in 1:20) { cat("R", i, "\\n"); system("echo sh; echo err >&2") }',
    'cat("before\\n"); invisible(.Call(farside:::farside_test_print, 3L)); cat("after\\n")',
    'r <- parallel::mclapply(1:2, function(i) { cat(paste("fork", i, "\\n")); i }, mc.cores = 1 + 1)',
  ];
  const out = await w.run(code.join('\n'));
  for (let i = 1; i <= 20; i++) expect(out).toContain(`R ${i} \n`);
  expect(out.replaceAll('err\n', '')).toContain('R 1 \nsh\nR 2 \nsh\n');
  expect(out.split('err\n').length - 1).toBe(20);
  expect(out).toContain('before\nc0\nc1\nc2\nafter\n');
  expect(out).toMatch(/fork 1 \n/);
  expect(out).toMatch(/fork 2 \n/);
});

test('a child’s output arrives while R is busy', async () => {
  const w = await worker();
  const at = w.head();
  w.input('system("echo now; exec sleep 1000")');
  await w.until(() => w.output(at).includes('now'));
  expect(w.records.some((r) => r.seq > at && r.type === RecordType.prompt)).toBe(false);
});

test('bytes pass unchanged: progress bars, colours, split characters, no final newline', async () => {
  const w = await worker();
  expect(await w.run('cat("10%\\r20%\\r\\033[31mred\\033[0m\\n")')).toBe(
    '10%\r20%\r\u001b[31mred\u001b[0m\n',
  );
  const big = await w.run('cat(strrep("日", 400000), sep = "")');
  expect(big).toBe('日'.repeat(400_000));
  expect(await w.run('cat("no newline")')).toBe('no newline');
});

test('100,000 lines arrive whole and in order', async () => {
  const w = await worker();
  const out = await w.run('for (i in 1:100000) cat("line", i, "\\n")');
  const lines = out.slice(0, -1).split('\n');
  expect(lines.length).toBe(100_000);
  expect(lines.findIndex((line, i) => line !== `line ${i + 1} `)).toBe(-1);
});

test('lines over 4095 bytes are read in pieces, each with its prompt, as R’s console does', async () => {
  const w = await worker();
  const at = w.head();
  const long = `x <- "${'a'.repeat(10_000)}"`;
  w.input(`${long}\nnchar(x)`);
  await w.until(() => w.output(at).includes('[1] 10000'));
  const pieces = w.records.filter((r) => r.seq > at && r.type === RecordType.consumed);
  expect(pieces.length).toBe(4);
});

test('later and httpuv are served at the prompt', async () => {
  const w = await worker();
  const at = w.head();
  w.input('later::later(function() cat("later came\\n"), 0.05)');
  await w.until(() => w.output(at).includes('later came'));
});
