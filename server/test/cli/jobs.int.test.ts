import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobInfo } from '@farside/protocol';
import { productRoot } from '../../src/runtime/productRoot.ts';
import { signIn, type Api } from '../support/api.ts';
import { cliEnv } from '../support/cliEnv.ts';
import { jobOver, untilJob } from '../support/jobs.ts';
import { runFarside, startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let api: Api;
let env: NodeJS.ProcessEnv;
const dir = mkdtempSync(join(tmpdir(), 'farside-cli-jobs-'));
beforeAll(async () => {
  server = await startServer();
  api = await signIn(server);
  env = cliEnv(server, dir);
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

const jobs = (...args: string[]) => runFarside(['jobs', ...args], { env });

/** Starts a script by the command line; its id is all that standard output gets. */
async function start(code: string, ...flags: string[]): Promise<string> {
  const path = join(dir, 'script.R');
  writeFileSync(path, code);
  const ran = await runFarside(['run', '--async', path, ...flags], { env });
  expect(ran).toMatchObject({ status: 0, stdout: expect.stringMatching(/^[\w-]+\n$/) });
  expect(ran.stderr).toContain(`farside jobs log --follow ${ran.stdout.slice(0, 8)}`);
  return ran.stdout.trim();
}

describe('a job that succeeds', () => {
  let id: string;
  it('is started with its arguments and waited for', async () => {
    const code = `print(commandArgs(TRUE)); message("quiet")
      fit <- 1:3; secret <- 4; cat("made", file = "made.txt")`;
    id = await start(code, 'a', '--name', 'fits', '--results', 'fit, nothing');
    expect(await jobs('wait', id.slice(0, 8))).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('is listed and shown by its name, for people and for programs', async () => {
    const [{ stdout }, json, show, showJson] = await Promise.all([
      jobs('list'),
      jobs('list', '--json'),
      jobs('show', 'fits'),
      jobs('show', 'fits', '--json'),
    ]);
    expect(stdout).toMatch(/^ID +STATE +TIME +STARTED +NAME +PROGRESS\n/);
    expect(stdout).toMatch(new RegExp(`^${id.slice(0, 8)} +succeeded +\\d+ s +20.{14} +fits$`, 'm'));
    const listed = JobInfo.array().parse(JSON.parse(json.stdout));
    expect(listed).toMatchObject([{ id, name: 'fits', file: 'script.R', files: ['made.txt'] }]);
    const shown = show.stdout;
    expect(shown).toMatch(/^State +succeeded/m);
    expect(shown).toMatch(/^File +made\.txt$/m);
    expect(shown).toMatch(/^Result +fit \(integer, /m);
    expect(JobInfo.parse(JSON.parse(showJson.stdout)).id).toBe(id);
  });

  it('has a log, both streams apart when it is followed', async () => {
    const log = await jobs('log', 'fits');
    expect(log).toMatchObject({ status: 0, stdout: expect.stringContaining('[1] "a"\nquiet\n') });
    const followed = await jobs('log', '--follow', 'fits');
    expect(followed).toMatchObject({ status: 0, stdout: '[1] "a"\n' });
    expect(followed.stderr).toContain('quiet\n');
    expect(followed.stderr).toContain('nothing');
  });

  it('gives its results, and only those', async () => {
    expect((await jobs('results', 'fits')).stdout).toMatch(/^NAME +CLASS +SIZE\nfit +integer +\d+/);
    const out = join(dir, 'results');
    expect(await jobs('results', 'fits', '--out', out)).toMatchObject({
      status: 0,
      stderr: `${out}/fit.rds\n`,
    });
    // Gzip, as saveRDS() writes it.
    expect(readFileSync(join(out, 'fit.rds')).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect((await jobs('results', 'fits', 'secret')).stderr).toContain('There is no result "secret" here.');
    expect((await jobs('results', 'fits', '--frames')).stderr).toContain('There is no dump of frames');
  });

  it('runs again, and is removed', async () => {
    const again = (await jobs('rerun', 'fits')).stdout.trim();
    expect(again).not.toBe(id);
    expect((await jobs('wait', again)).status).toBe(0);
    expect((await jobs('log', '--follow', again)).stdout).toBe('[1] "a"\n');
    expect((await jobs('show', 'fits')).stderr).toContain('"fits" fits several jobs');
    expect((await jobs('remove', id, again)).status).toBe(0);
    expect((await jobs('list')).stdout).toBe('There are no jobs.\n');
    expect((await jobs('show', id)).stderr).toContain('There is no job');
  });
});

describe('a job that fails', () => {
  it.each([
    ['stop("as asked")', 1, 'Error: as asked'],
    ['q(status = 3)', 3, ''],
    ['1 +* 2', 1, 'unexpected'],
  ])('%s: its exit code is that of R', async (code, status, words) => {
    const id = await start(code);
    const log = await jobs('log', '--follow', id);
    expect(log.status, log.stderr).toBe(status);
    expect(log.stderr).toContain(words);
    expect(await jobs('wait', id)).toMatchObject({ status: 1, stderr: expect.stringContaining('failed') });
  });

  it('keeps its traceback, and its frames when that was asked', async () => {
    const code = 'f <- function(x) {\n  stop("bad x")\n}\ng <- function(y) f(y)\ng(1)\n';
    const id = await start(code, '--dump-frames');
    expect((await jobs('wait', id)).stderr).toContain('bad x');
    const { stdout } = await jobs('show', id);
    expect(stdout).toMatch(/^Error +bad x$/m);
    expect(stdout).toMatch(/^ +at +f\(y\) at script\.R:4$/m);
    const out = join(dir, 'frames');
    expect((await jobs('results', id, '--frames', '--out', out)).status).toBe(0);
    expect(existsSync(join(out, 'frames.RData'))).toBe(true);
  });
});

it('is followed live over a restart of the server, and cancelled', async () => {
  const id = await start('cat("one\\n"); Sys.sleep(1000)', '--name', 'long');
  const main = join(productRoot(), 'server', 'src', 'main.ts');
  const child = spawn(process.execPath, [main, 'jobs', 'log', '--follow', id], {
    env: { ...process.env, ...env },
  });
  let output = '';
  const seen = new Promise<void>((resolve) =>
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
      if (output === 'one\n') resolve();
    }),
  );
  const closed = once(child, 'close') as Promise<[number]>;
  await seen;
  const { dataDir, url } = server;
  const port = Number(new URL(url).port);
  await server.endWebNode('SIGKILL');
  server = await startServer({ dataDir, port });
  api = await signIn(server);
  expect(await jobs('remove', id)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('still running'),
  });
  expect(await jobs('cancel', 'long')).toMatchObject({ status: 0, stdout: 'The job is cancelled.\n' });
  const [status] = await closed;
  expect([status, output]).toEqual([expect.any(Number), 'one\n']);
  expect(status).not.toBe(0);
});

it('asks a question, which is answered by whoever attaches', async () => {
  const id = await start('answer <- readline("Which? "); cat("got", answer, "\\n")');
  await untilJob(api, id, ({ state }) => state === 'waiting');
  const attached = await runFarside(['jobs', 'attach', id], { env, input: 'that\n' });
  expect(attached.stdout).toContain('Which? that\ngot that \n');
  expect(await jobOver(api, id)).toMatchObject({ state: 'succeeded' });
});

it('shows how far its script is', async () => {
  const id = await start('farside::job_progress(0.45, "fitting"); readline("go? ")');
  await untilJob(api, id, ({ state }) => state === 'waiting');
  expect((await jobs('list')).stdout).toMatch(/waiting .* 45 % fitting\n/);
  await jobs('cancel', id);
});

it('is refused with words: flags that do not fit, hosts that are not allowed', async () => {
  const path = join(dir, 'none.R');
  writeFileSync(path, '1\n');
  const run = (...flags: string[]) => runFarside(['run', path, ...flags], { env });
  const [frames, keep, both, refused] = await Promise.all([
    run('--dump-frames'),
    run('--async', '--keep'),
    run('--async', '--results', 'x', '--results-all'),
    run('--async', '--webhook', 'https://hooks.example.org/x'),
  ]);
  expect(frames.stderr).toContain('--dump-frames goes with --async');
  expect(keep.stderr).toContain('do not go with --async');
  expect(both.stderr).toContain('not both');
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toContain('--webhook-host');
});
