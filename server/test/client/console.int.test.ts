import { SessionLink } from '@farside/client';
import { expect, test } from 'vitest';
import { startServer } from '../support/server.ts';
import { Screen } from './screen.ts';
import { Listener, openSession, serverWithClient } from './support.ts';

const at = serverWithClient();

/** The first prompt is there already: the console hears it from a new link. */
async function screen(): Promise<Screen> {
  const { id } = await at.client.call('startSession', { body: {} });
  const listener = new Listener(new SessionLink({ client: at.client, session: id }));
  const made = new Screen(listener, {}, { columns: 60, rows: 20 });
  listener.link.open();
  await listener.until(() => listener.prompts > 0);
  return made;
}

test('a line and its result look as in R, with our prompt', async () => {
  const one = await screen();
  expect(await one.run('1 + 1')).toBe('REMOTE> 1 + 1\n[1] 2\nREMOTE>');
  expect(await one.run('f <- function(x) {\r  x + 1\r}\rf(1)')).toContain(
    'REMOTE> f <- function(x) {\n+   x + 1\n+ }\n',
  );
  await one.until(/\[1\] 2\nREMOTE>$/);
});

test('readline, menu and browser take their answers', async () => {
  const one = await screen();
  one.console.input('x <- readline("Name? ")\r');
  await one.until(/Name\?$/);
  expect(one.states.at(-1)).toEqual({ state: 'waiting' });
  expect(await one.run('Bob (unbalanced')).toContain('Name? Bob (unbalanced\nREMOTE>');
  expect(await one.run('x')).toContain('[1] "Bob (unbalanced"');
  one.console.input('g <- function() { browser(); 7 }; g()\r');
  await one.until(/Browse\[1\]>$/);
  one.console.input('n\r');
  await one.until(/debug.*7\nBrowse\[\d\]>$/s);
  expect(await one.run('c')).toMatch(/\[1\] 7\nREMOTE>$/);
});

test('lines typed while R works answer readline() in order and show where they were read', async () => {
  const one = await screen();
  one.console.input('{ Sys.sleep(0.3); a <- readline("A? "); b <- readline("B? ") }\r');
  one.console.input('one\rtwo\rpaste(a, b)\r');
  await one.until(/"one two"\nREMOTE>$/);
  expect(await one.text()).toMatch(/A\? one\nB\? two\nREMOTE> paste\(a, b\)\n\[1\] "one two"\nREMOTE>$/);
});

test('Ctrl-C stops what runs and throws away what was typed ahead', async () => {
  const one = await screen();
  one.console.input('Sys.sleep(1000)\r');
  await one.listener.until(() => one.listener.link.unaccepted === 0);
  one.console.input('cat("never")\r');
  await one.listener.until(() => one.listener.link.unaccepted === 0);
  const back = one.listener.nextPrompt();
  one.console.input('\x03');
  await back;
  const text = await one.run('"next"');
  expect(text).toMatch(/\[1\] "next"\nREMOTE>$/);
  expect(text).not.toContain('REMOTE> cat');
});

test('what another client runs is shown with its prompt, the own half line stays', async () => {
  const one = await screen();
  one.console.input('half');
  const other = new SessionLink({ client: at.client, session: one.listener.link.session });
  other.open();
  other.input('cat("from elsewhere\\n")');
  await one.until(/from elsewhere\nREMOTE> half$/);
  expect(await one.text()).toBe('REMOTE> cat("from elsewhere\\n")\nfrom elsewhere\nREMOTE> half');
  other.close();
});

test('completion, and words that are not for R', async () => {
  const one = await screen();
  await one.run('some_long_name <- 42');
  one.console.input('some_lo\t');
  await one.until(/REMOTE> some_long_name$/);
  expect(await one.run('')).toMatch(/\[1\] 42\nREMOTE>$/);
  one.console.input('pause()\r');
  await one.until(/no local R in this terminal/);
});

test('a word pasted behind lines that R has not read waits for its own prompt; inside a function it is code', async () => {
  const one = await screen();
  const pasted = 'Sys.sleep(0.3)\nf <- function() {\n  pause()\n}\nx <- 1\npause()\ncat("x is", x, "\\n")\n';
  one.console.input(`\x1b[200~${pasted}\x1b[201~`);
  await one.until(/x is 1\s+REMOTE>$/);
  expect(await one.text()).toMatch(
    /REMOTE> f <- function\(\) \{\n\+   pause\(\)\n\+ \}\nREMOTE> x <- 1\nREMOTE> pause\(\)\nThere is no local R.*\n(.*\n)*REMOTE> cat/,
  );
});

test('output can neither write the clipboard nor fake a prompt, also in pieces', async () => {
  const one = await screen();
  let raw = '';
  const write = one.terminal.write.bind(one.terminal);
  one.terminal.write = (text) => {
    raw += text;
    return write(text);
  };
  await one.run('cat("a\\033]52;c;"); flush(stdout()); cat("aGk=\\ab\\033]633;A\\ac\\033[31md\\033[0m\\n")');
  expect(await one.text()).toContain('\nabcd\nREMOTE>');
  expect(raw).not.toContain('\x1b]52');
  expect(raw).not.toContain('\x1b]633');
  expect(raw).toContain('\x1b[31m');
});

test('a lost connection is a quiet line below that goes away', async () => {
  const one = await screen();
  await one.run('x <- 1');
  await at.server.endWebNode('SIGKILL');
  await one.until(/REMOTE>\nconnection lost, trying again…$/);
  at.server = await startServer({ dataDir: at.server.dataDir, port: Number(new URL(at.server.url).port) });
  one.listener.link.retryNow();
  await one.until(/the connection is back$/);
  expect(await one.run('x')).toMatch(/REMOTE> x <- 1\nREMOTE> x\n\[1\] 1\nREMOTE>$/);
});

test('resize sets the width of R', async () => {
  const one = await screen();
  one.console.resize(40, 20);
  // Set between two inputs, when R is idle.
  while (!(await one.run('getOption("width")')).includes('[1] 40'));
});

test('Ctrl-D at an empty prompt ends R', async () => {
  const one = await openSession(at.client);
  const ended = one.status('ended');
  one.link.eof();
  await ended;
});
