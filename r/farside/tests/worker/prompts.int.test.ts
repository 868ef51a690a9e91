import { expect, test } from 'vitest';
import { worker } from './library.ts';

test('prompt kinds are known: top level, continuation, readline, menu, browser', async () => {
  const w = await worker();
  expect(await w.prompt()).toMatchObject({ kind: 't', text: '> ' });

  let at = w.head();
  w.input('c(1,');
  expect(await w.prompt(at)).toMatchObject({ kind: '+', text: '+ ' });
  expect(await w.run('2)')).toBe('[1] 1 2\n');

  at = w.head();
  w.input('a <- readline("name? ")');
  expect(await w.prompt(at)).toMatchObject({ kind: 'r', text: 'name? ' });
  await w.run('Ada');
  expect(await w.run('a')).toBe('[1] "Ada"\n');

  at = w.head();
  w.input('menu(c("x", "y"))');
  expect(await w.prompt(at)).toMatchObject({ kind: 'm', text: 'Selection: ' });
  expect(await w.run('2')).toBe('[1] 2\n');

  at = w.head();
  w.input('f <- function(z) { browser(); z * 2 }; f(21)');
  expect(await w.prompt(at)).toMatchObject({ kind: 'b', text: 'Browse[1]> ' });
  expect(await w.run('z')).toBe('[1] 21\n');
  expect(await w.run('c')).toBe('[1] 42\n');
});

test('a changed continuation prompt is still a continuation', async () => {
  const w = await worker();
  await w.run('options(continue = "... ")');
  const at = w.head();
  w.input('(');
  expect(await w.prompt(at)).toMatchObject({ kind: '+', text: '... ' });
});

test('debug() steps, recover() offers the frames, scan() reads lines', async () => {
  const w = await worker();
  await w.run('g <- function(x) { y <- x + 1\ny * 2 }\ndebug(g)');
  const at = w.head();
  w.input('g(1)');
  expect((await w.prompt(at)).kind).toBe('b');
  expect(await w.run('n')).toContain('y <- x + 1');
  expect(await w.run('n')).toContain('y * 2');
  expect(await w.run('n')).toContain('[1] 4');

  await w.run('options(error = utils::recover)');
  const before = w.head();
  w.input('(function() stop("boom"))()');
  expect((await w.prompt(before)).kind).toBe('m');
  expect(w.output(before)).toContain('Enter a frame number, or 0 to exit');
  await w.run('0\noptions(error = NULL)');

  expect(await w.run('x <- scan(quiet = TRUE)\n3 4\n5\n\nsum(x)')).toBe('[1] 12\n');
});

test('queued lines feed readline(), as in a terminal', async () => {
  const w = await worker();
  expect(await w.run('a <- readline("? ")\nfirst\nb <- readline("? ")\nsecond\npaste(a, b)')).toBe(
    '[1] "first second"\n',
  );
});
