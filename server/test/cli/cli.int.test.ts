import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productRoot } from '../../src/runtime/productRoot.ts';
import { runFarside, startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let env: NodeJS.ProcessEnv;
const dir = mkdtempSync(join(tmpdir(), 'farside-cli-'));
beforeAll(async () => {
  server = await startServer();
  const home = { HOME: dir, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
  env = {
    FARSIDE_URL: server.url,
    FARSIDE_USER: server.username,
    FARSIDE_PASSWORD: server.password,
    ...home,
  };
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

function script(name: string, text: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

test('run: arguments, both streams, files back, success', async () => {
  const code = `print(commandArgs(TRUE)); message("quiet"); mean(1:3)
    dir.create("sub"); cat("made", file = "sub/ü.txt")`;
  const out = join(dir, 'out');
  const ran = await runFarside(['run', script('a.R', code), 'x', '--y', '--out', out], { env });
  expect(ran).toMatchObject({ status: 0, stdout: '[1] "x"   "--y"\n[1] 2\n' });
  expect(ran.stderr).toContain('quiet\n');
  expect(readFileSync(join(out, 'sub/ü.txt'), 'utf8')).toBe('made');
});

test.each([
  ['stop("as asked")', 1, 'as asked'],
  ['1 +* 2', 1, 'unexpected'],
  ['q(status = 3)', 3, ''],
  ['n <- readline("? "); stopifnot(n == "answer")', 0, ''],
])('run: %s ends with %i', async (code, status, words) => {
  const ran = await runFarside(['run', script('b.R', code)], { env, input: 'answer\n' });
  expect(ran.status, ran.stderr).toBe(status);
  expect(ran.stderr).toContain(words);
});

test('run: a project goes along', async () => {
  script('helper.R', 'triple <- function(x) 3 * x');
  const path = script('main.R', 'source("helper.R"); triple(2)');
  const ran = await runFarside(['run', path, '--project', dir], { env });
  expect(ran).toMatchObject({ status: 0, stdout: '[1] 6\n' });
});

test('run: what is not there or not UTF-8 is said', async () => {
  expect(await runFarside(['run', join(dir, 'none.R')], { env })).toMatchObject({ status: 1 });
  const latin1 = script('latin1.R', Buffer.from('x <- "\xe9"\n', 'latin1'));
  const ran = await runFarside(['run', latin1], { env });
  expect(ran).toMatchObject({ status: 1, stdout: '' });
  expect(ran.stderr).toContain('not UTF-8');
});

test('console: piped lines are shown after their prompts, and the session goes with them', async () => {
  const ran = await runFarside(['console'], { env, input: 'x <- 2\nx\n' });
  expect(ran).toMatchObject({ status: 0, stdout: 'REMOTE> x <- 2\nREMOTE> x\n[1] 2\nREMOTE> \n' });
});

test('console: without a password, or with a wrong one, it says so', async () => {
  const none = await runFarside(['console'], { env: { ...env, FARSIDE_PASSWORD: undefined } });
  expect(none).toMatchObject({ status: 1, stdout: '' });
  expect(none.stderr).toContain('FARSIDE_PASSWORD');
  const wrong = await runFarside(['console'], { env: { ...env, FARSIDE_PASSWORD: 'x' } });
  expect(wrong.stderr).toContain('wrong user name or password');
});

test('console: a reader that goes away ends it', async () => {
  const main = join(productRoot(), 'server', 'src', 'main.ts');
  const shell = `echo 'for (i in 1:1e7) cat(i, fill = TRUE)' | ${process.execPath} ${main} console --no-echo | head -3`;
  const child = spawn('bash', ['-o', 'pipefail', '-c', shell], { env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const [status] = (await once(child, 'close')) as [number];
  expect(status).toBe(141);
  expect(output).toContain('REMOTE> 1');
});

test('console: in a terminal, with banner, completion, Ctrl-C and exit', async () => {
  const main = join(productRoot(), 'server', 'src', 'main.ts');
  const command = `stty rows 24 cols 80; ${process.execPath} ${main} console; echo code $?; stty -a`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...process.env, ...env } });
  let output = '';
  const said = (words: string | RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (typeof words === 'string' ? output.includes(words) : words.test(output)) resolve();
      };
      child.stdout.on('data', look);
      look();
    });
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const type = async (text: string, answer: string | RegExp): Promise<void> => {
    output = '';
    child.stdin.write(text);
    await said(answer);
  };
  await said('REMOTE> ');
  expect(output).toContain('Your REMOTE R session is now active.');
  await type('getOption("width")\r', '[1] 80');
  await type('unique_name <- 5; cat("set", "up")\r', 'set up');
  await type('unique_n\t', 'unique_name');
  await type('\r', '[1] 5');
  await type('repeat if (!exists("told")) cat("now", told <- "running")\r', 'now running');
  await type('\x03', 'REMOTE> ');
  await type('exit\r', 'code 0');
  await once(child, 'close');
  // The terminal is as it was.
  expect(output).toMatch(/(?<!-)icanon/);
  expect(output).toContain('\x1b[?2004l');
});

test('diff: the same machine on both sides', async () => {
  const ran = await runFarside(['diff'], { env });
  expect(ran.stdout).toMatch(
    /^Diff report between local and remote R sessions\.\.\.\n\nLocal and Remote R versions are the same: R version/,
  );
});

test('diff: without R here it says so', async () => {
  const ran = await runFarside(['diff'], { env: { ...env, PATH: dir } });
  expect(ran.stdout).toContain('There is no R on this machine');
});

test('doctor: what is there is ok, and a server that is not is told', async () => {
  const port = new URL(server.url).port;
  const well = await runFarside(['doctor', '--data-dir', server.dataDir, '--port', port], { env });
  expect(well.stdout).toMatch(/^ok {4}R: \d/m);
  expect(well.stdout).toMatch(/^warn {2}port: /m);
  expect(well.status).toBe(0);
  const ill = await runFarside(['doctor', '--url', 'http://127.0.0.1:9'], { env: { ...env, PATH: dir } });
  expect(ill.stdout).toMatch(/^FAIL {2}R: No R was found/m);
  expect(ill.stdout).toMatch(/^FAIL {2}server: /m);
  expect(ill.status).toBe(1);
});
