import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

async function crash(w: Worker, code: string): Promise<unknown> {
  const exit = once(w.process, 'exit');
  w.input(code);
  const final = await w.final();
  await exit;
  return final;
}

test('a crash in the middle of nested calls names them, innermost first', async () => {
  const w = await worker();
  await w.run('crash <- function(x) .Call(farside:::farside_test_signal, 11L)');
  const final = await crash(w, 'sapply(1:3, function(i) tryCatch(crash(i), error = identity))');
  expect(final).toMatchObject({ cause: 'crash', signal: 'SIGSEGV' });
  const { calls } = final as { calls: string[] };
  expect(calls[0]).toBe('crash(i)');
  expect(calls.at(-1)).toMatch(/^sapply\(1:3, function\(i\)/);
});

test('a crash inside an out-of-band call, at a prompt or in C recursion is told as well', async () => {
  const inCall = await worker();
  const exit = once(inCall.process, 'exit');
  void inCall.call('.Call(farside:::farside_test_signal, 11L)').catch(() => {});
  expect(await inCall.final()).toMatchObject({ cause: 'crash', signal: 'SIGSEGV' });
  await exit;
  const idle = await worker();
  process.kill(idle.process.pid ?? 0, 'SIGSEGV');
  expect(await idle.final()).toMatchObject({ cause: 'crash', signal: 'SIGSEGV', calls: [] });
});

test('a forked child that crashes takes nobody along', async () => {
  const w = await worker();
  const out = await w.run(
    'r <- parallel::mclapply(1:2, function(i) if (i == 1) .Call(farside:::farside_test_signal, 11L) else i, mc.cores = 2)',
  );
  expect(out).toContain('did not deliver');
  expect(await w.run('r[[2]]')).toBe('[1] 2\n');
});

test('recursion too deep, in R or in C, is an error that R survives', async () => {
  const w = await worker();
  expect(await w.run('f <- function(n) g(n + 1); g <- function(n) f(n); f(1)')).toMatch(
    /infinite recursion|stack/,
  );
  expect(await w.run('options(expressions = 5e5); h <- function(n) h(n + 1); h(1)')).toMatch(
    /stack usage|infinite recursion/,
  );
  expect(
    await w.run(
      'x <- quote(1); for (i in 1:1e5) x <- call("(", x); tryCatch(eval(x), error = function(e) cat("error\\n"))',
    ),
  ).toMatch(/error/);
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});

test('one session’s death leaves the others alone', async () => {
  const [a, b] = [await worker(), await worker()];
  await crash(a, '.Call(farside:::farside_test_signal, 6L)');
  expect(await b.run('1 + 1')).toBe('[1] 2\n');
});

test('C code that dies of the memory limit is reported as such', async () => {
  const w = await worker();
  spawnSync('prlimit', ['--as=1500000000', '--pid', String(w.process.pid)]);
  expect(await w.run('x <- tryCatch(numeric(1e9), error = function(e) "R copes"); x')).toBe(
    '[1] "R copes"\n',
  );
  w.input('.Call(farside:::farside_test_exhaust)');
  expect(await w.final()).toMatchObject({ cause: 'memory-limit', signal: 'SIGABRT' });
});
