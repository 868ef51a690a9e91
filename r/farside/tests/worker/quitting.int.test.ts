import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endFrame, eofFrame } from '@farside/protocol';
import { worker } from './library.ts';

test('an error in .Last stops q(), and the session goes on', async () => {
  const w = await worker();
  expect(await w.run('.Last <- function() stop("not yet"); q()')).toContain('not yet');
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
  expect(
    await w.run('.Last <- function() { a <- readline("sure? "); if (a != "y") stop("stay") }; q()\nn'),
  ).toContain('stay');
  w.input('q()\ny');
  expect((await w.final()).cause).toBe('quit');
});

test('no file is left in the working directory; q("yes") keeps the workspace with the session', async () => {
  for (const code of ['q("yes")', 'q("ask")', 'q("default")']) {
    const w = await worker();
    const exit = once(w.process, 'exit');
    w.input(`x <- 1; ${code}`);
    expect(await exit).toEqual([0, null]);
    expect(existsSync(join(w.dir, 'work', '.RData'))).toBe(false);
    expect(existsSync(join(w.dir, 'workspace.RData'))).toBe(code === 'q("yes")');
  }
});

test('children that ignore everything are killed with the session', async () => {
  const w = await worker();
  const pid = Number(await w.run(`system("trap '' TERM HUP INT; echo $$; while :; do sleep 1; done &")`));
  const child = pid > 0 ? pid : 0;
  w.input('q()');
  await once(w.process, 'exit');
  const inGroup = (): boolean => {
    try {
      process.kill(-(w.process.pid ?? 0), 0);
      return true;
    } catch {
      return false;
    }
  };
  await expect.poll(inGroup, { timeout: 10_000 }).toBe(false);
  expect(child).toBeGreaterThan(0);
});

test('the end of input at a browser or a question ends the session as R does', async () => {
  for (const code of [
    '(function() { browser(); cat("after\\n") })()',
    'x <- readline("? "); cat("after\\n")',
  ]) {
    const w = await worker();
    const at = w.head();
    w.input(code);
    expect((await w.prompt(at)).kind).not.toBe('t');
    w.send(eofFrame());
    expect((await w.final()).cause).toBe('eof');
  }
});

test('an exit handler that prints late, and one that hangs', async () => {
  const late = await worker();
  await late.run(
    'reg.finalizer(globalenv(), function(e) { cat("late\\n"); system("echo later") }, onexit = TRUE)',
  );
  late.input('q()');
  await late.final();
  expect(late.output()).toContain('late\nlater\n');
  const hangs = await worker();
  const exit = once(hangs.process, 'exit');
  await hangs.run('f <- function() repeat {}');
  process.kill(hangs.process.pid ?? 0, 'SIGTERM');
  await exit;
  expect((await hangs.final()).cause).toBe('terminated');
});

test('a lease ends a session that nobody attends', async () => {
  const w = await worker({ FARSIDE_LEASE_MS: '300' });
  const exit = once(w.process, 'exit');
  w.detach();
  await exit;
  expect(w.process.exitCode).toBe(0);
});

test('a .Last that fails is run once at the end of input, not for ever', async () => {
  for (const frame of [eofFrame(), endFrame(20_000)]) {
    const w = await worker();
    await w.run('.Last <- function() stop("no end")');
    w.send(frame);
    expect((await w.final()).cause).toMatch(/eof|asked/);
    expect(w.output().split('no end').length - 1).toBe(1);
    await w.stop();
  }
});
