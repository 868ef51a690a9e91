import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { LocalBench, type BenchOptions } from './bench.ts';

let bench: LocalBench;
async function start(options?: BenchOptions): Promise<LocalBench> {
  bench = new LocalBench(options);
  await bench.idle();
  return bench;
}
afterEach(() => bench.end());

const paste = (text: string): string => `\x1b[200~${text}\x1b[201~`;

test('a prompt, a value, and the prompt again', async () => {
  await start();
  expect(await bench.run('6 * 7')).toBe('> 6 * 7\n[1] 42\n>');
});

test('text of several lines, strings with line ends and a syntax error are as in R', async () => {
  await start();
  bench.console.input('f <- function(x) {\r  x + 1\r}\r');
  await bench.idle();
  bench.console.input(paste('f(1)\ny <- "a\nb"\n)\nnchar(y)\n'));
  const text = await bench.shows(/\[1\] 3\n>$/);
  expect(text).toContain(
    '> f <- function(x) {\n+   x + 1\n+ }\n> f(1)\n[1] 2\n> y <- "a\n+ b"\n> )\nError: unexpected',
  );
});

test('messages, warnings and output of children come in order', async () => {
  await start();
  const code = 'f <- function() { cat("one\\n"); message("two"); system("echo three"); warning("four") }';
  await bench.run(code);
  const text = await bench.run('f(); cat("five\\n")');
  expect(text).toMatch(/one\ntwo\nthree\nWarning message:\nIn f\(\) : four\s*\nfive\n>$/);
});

test('readline() asks at its own prompt, and what is pasted behind it waits for R’s prompt', async () => {
  await start();
  bench.console.input(paste('who <- readline("your name? ")\ncat("hello", who, "\\n")\n'));
  await bench.asks(/your name\?\n1 line waits for R$/);
  expect(bench.console.state).toEqual({ state: 'waiting' });
  bench.console.input('Ann\r');
  const text = await bench.shows(/hello Ann\s+>$/);
  expect(text).toContain('your name? Ann\n> cat("hello"');
});

test('menu(), scan() and browser() get what is typed, not what is pasted behind them', async () => {
  await start();
  bench.console.input(paste('m <- menu(c("yes", "no"))\ncat("chosen", m, "\\n")\n'));
  await bench.asks(/Selection:\n1 line waits for R$/);
  bench.console.input('2\r');
  await bench.shows(/chosen 2\s+>$/);
  bench.console.input('v <- scan()\r');
  await bench.asks(/\n1:$/);
  bench.console.input('10 20\r');
  await bench.asks(/\n3:$/);
  bench.console.input('\r');
  await bench.shows(/Read 2 items\n>$/);
  await bench.run('g <- function(z) { browser(); z * 2 }');
  bench.console.input('g(4)\r');
  await bench.asks(/Browse\[1\]>$/);
  expect(bench.console.state).toEqual({ state: 'browser' });
  bench.console.input('z + 100\r');
  await bench.asks(/\[1\] 104\nBrowse\[1\]>$/);
  bench.console.input('c\r');
  await bench.shows(/\[1\] 8\n>$/);
});

test('code may change the prompts and print them; the terminal still knows what R waits for', async () => {
  await start();
  await bench.run('options(prompt = "R: ", continue = "... ")');
  bench.console.input(paste('(1 +\n2)\n'));
  const text = await bench.shows(/R: \(1 \+\n\.\.\. 2\)\n\[1\] 3\nR:$/);
  expect(text).toContain('R: (1 +');
  bench.console.input('getOption("prompt")\r');
  await bench.shows(/\[1\] "R: "\nR:$/);
  bench.console.input('source(textConnection("1 + 1"), echo = TRUE)\r');
  await bench.shows(/R: 1 \+ 1\n\[1\] 2\nR:$/);
  expect(bench.console.state).toEqual({ state: 'idle' });
});

test('the user’s own profile runs; R that R starts gets it too', async () => {
  await start({ rprofile: 'options(prompt = "me> "); mine <- 1' });
  expect(await bench.run('exists("mine")')).toBe('me> exists("mine")\n[1] TRUE\nme>');
  await bench.run('system("R -s -e \'cat(mine, getOption(\\"prompt\\"))\'")');
  expect(bench.terminal.text()).toContain('1 me>');
  expect(await bench.run('Sys.getenv(c("R_PROFILE_USER", "FARSIDE_LOCAL_NONCE"))')).toMatch(/"" +""/);
});

test('Ctrl-C stops R and what it runs; the lines behind it are gone', async () => {
  await start();
  bench.console.input('system("echo begun; sleep 100")\r');
  await bench.shows(/\nbegun$/);
  bench.console.input('cat("never\\n")\r\x03');
  await bench.idle();
  bench.console.input('repeat { cat("."); Sys.sleep(0.01) }\r');
  await bench.shows(/\n\.\./);
  bench.console.input('\x03');
  await bench.idle();
  bench.console.input('cat("still", "here\\n")\r');
  const text = await bench.shows(/still here\n>$/);
  expect(text).not.toContain('\nnever');
});

test('Ctrl-C leaves a continuation and a question', async () => {
  await start({ console: { history: [] } });
  bench.console.input(paste('f <- function(\n'));
  await bench.shows(/\+$/);
  bench.console.input('\x03');
  await bench.idle();
  bench.console.input('readline("really? ")\r');
  await bench.asks(/really\?$/);
  bench.console.input('\x03');
  await bench.idle();
  expect(await bench.run('1')).toMatch(/> 1\n\[1\] 1\n>$/);
});

test('lines longer than R reads at once, also with letters of several bytes', async () => {
  await start();
  for (const text of ['a'.repeat(4_087), 'a'.repeat(4_086), 'ä'.repeat(3_000), 'x' + '日'.repeat(4_000)]) {
    bench.console.input(paste(`nchar("${text}") == ${text.length}\n`));
    await bench.idle();
  }
  const text = await bench.run('cat("done\\n")');
  expect(text.match(/\[1\] TRUE/g)).toHaveLength(4);
  expect(text).not.toMatch(/^\+/m);
  expect(text).not.toContain('Error');
});

test('the width follows the terminal, without a trace', async () => {
  await start();
  await bench.run('7');
  bench.terminal.resize(60, 40);
  bench.console.resize(60, 40);
  expect(await bench.run('c(.Last.value, getOption("width"))')).toMatch(/> c\(.*\n\[1\] +7 +60\n>$/);
  expect(bench.terminal.text()).not.toContain('farside');
});

test('names are completed by R', async () => {
  await start();
  await bench.run('longer_name_here <- 12');
  bench.console.input('longer_na\t');
  await bench.shows(/> longer_name_here$/);
  expect(await bench.run(' + 1')).toMatch(/\[1\] 13\n>$/);
  expect(await bench.run('"ü€😀"; .Last.value')).toMatch(/"ü€😀"/);
});

test('colours and a bar in place, and help as text', async () => {
  await start();
  await bench.run('cat(Sys.getenv(c("R_CLI_NUM_COLORS", "R_CLI_DYNAMIC")), "\\n")');
  expect(bench.terminal.text()).toContain('256 true');
  bench.console.input(
    'b <- txtProgressBar(style = 3); for (i in 1:20) { setTxtProgressBar(b, i / 20); Sys.sleep(0.02) }; close(b)\r',
  );
  await bench.shows(/=\| 100%\n>$/);
  expect(bench.terminal.text().match(/%/g)).toHaveLength(1);
  bench.console.input('?mean\r');
  await bench.shows(/Arithmetic Mean[^]*\n>$/);
});

test('q() asks as R does; n ends it, and nothing is left', async () => {
  await start();
  await bench.run('x <- 1');
  bench.console.input('q()\r');
  await bench.asks(/Save workspace image\? \[y\/n\/c\]:$/);
  bench.console.input('c\r');
  await bench.shows(/c\n>$/);
  bench.console.input('\x04');
  await bench.asks(/q\(\)\nSave workspace image\? \[y\/n\/c\]:$/);
  bench.console.input('n\r');
  expect((await bench.exit).code).toBe(0);
  expect(readdirSync(bench.cwd)).toEqual([]);
});

test('prompts and commands are marked for VS Code, with success or failure', async () => {
  await start({ console: { marks: { nonce: 'shell' } } });
  await bench.run('1');
  await bench.run('stop("no")');
  await bench.run('# only a comment');
  const done = [...bench.written.matchAll(/\x1b\]633;D(;\d)?\x07/g)].map((m) => m[1]);
  expect(done).toEqual([';0', ';1', ';0']);
  expect(bench.written).toContain('\x1b]633;E;stop("no");shell\x07');
});

test('a paste of thousands of lines arrives whole and in order', async () => {
  await start({ rows: 30 });
  const lines = Array.from({ length: 3_000 }, (_, i) => `x[${i + 1}] <- ${i + 1}`);
  bench.console.input(paste(`x <- integer()\n${lines.join('\n')}\ncat("sum", sum(x), "\\n")\n`));
  await bench.shows(/sum 4501500\s+>$/);
});

test('R’s output can not act on the terminal', async () => {
  await start();
  await bench.run('cat("\\033]52;c;aGk=\\007\\033]633;D;0\\007\\033[31mred\\033[0m\\n")');
  expect(bench.written).not.toContain('\x1b]52');
  expect(bench.written).not.toContain('\x1b]633');
  expect(bench.written).toContain('\x1b[31mred');
});

test('the profile is read without a word', () => {
  bench = new LocalBench();
  return bench.idle().then(() => {
    expect(bench.terminal.text()).toBe('>');
    expect(readFileSync(`/proc/${bench.process.pid}/comm`, 'utf8').trim()).toBe('R');
  });
});
