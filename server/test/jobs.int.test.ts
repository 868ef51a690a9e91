import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobInfo, SessionInfo } from '@farside/protocol';
import { newSession, signIn, type Api } from './support/api.ts';
import { jobOf, jobOver, startJob, untilJob, untilTrue } from './support/jobs.ts';
import { startServer, type TestServer } from './support/server.ts';
import { connect, TestAttachment } from './support/socket.ts';

let server: TestServer;
let api: Api;
beforeAll(async () => {
  server = await startServer({ args: ['--isolation', 'none'] });
  api = await signIn(server);
});
afterAll(() => server.stop());

const journalText = async (session: string): Promise<string> =>
  (await api.ask('sessionJournal', { params: { id: session }, query: { format: 'text' } })).text;
const workdirOf = async (job: JobInfo): Promise<string> =>
  (await api.ask('session', { params: { id: job.session } })).json<SessionInfo>().workdir;

describe('a job', () => {
  it('runs a script and keeps output, files, plots, results and what it was given', async () => {
    const script = `
      cat("args:", commandArgs(trailingOnly = TRUE), "\\n")
      farside::job_progress(0.5, "half way")
      writeLines("made", "made.txt")
      dir.create("sub"); writeLines("x", "sub/x.csv")
      plot(1:3); plot(3:1)
      kept <- list(a = 1); other <- 2
      cat("the end\\n")`;
    const started = await startJob(api, script, { args: ['one', 'two words'], results: ['kept'] });
    const job = await jobOver(api, started.id);
    expect(job).toMatchObject({
      state: 'succeeded',
      name: 'job.R',
      owner: 'admin',
      file: 'job.R',
      files: ['made.txt', 'sub/x.csv'],
      plots: 2,
      progress: { value: 0.5, text: 'half way' },
      frames: false,
    });
    expect(job.results).toEqual([{ name: 'kept', class: 'list', size: expect.any(Number) as number }]);
    expect(job.started).toBeGreaterThanOrEqual(job.created);
    expect(job.ended).toBeGreaterThanOrEqual(job.started ?? Infinity);
    expect(await journalText(job.session)).toContain('args: one two words');
    const result = await api.ask('jobResult', { params: { id: job.id, name: 'kept' } });
    expect(result.status).toBe(200);
    // gzip, as saveRDS() writes.
    expect([...result.bytes.slice(0, 2)]).toEqual([0x1f, 0x8b]);
    expect(result.bytes.length).toBe(job.results[0]?.size);
    const absent = await api.ask('jobResult', { params: { id: job.id, name: 'other' } });
    expect(absent.json()).toMatchObject({ code: 'noSuchObject' });
    const path = await api.ask('jobResult', { params: { id: job.id, name: '../../../farside.sqlite' } });
    expect(path.status).toBe(404);
  });

  it('runs in a project folder, which stays when it is removed', async () => {
    const folder = (await api.ask('putFolder', { body: { key: 'jobs-test', name: 'jobs-test' } })).json<{
      id: string;
      path: string;
    }>();
    writeFileSync(join(folder.path, 'data.txt'), '1\n');
    const { id } = await startJob(api, 'writeLines(readLines("data.txt"), "copy.txt")', {
      folderId: folder.id,
    });
    const job = await jobOver(api, id);
    expect(job).toMatchObject({ state: 'succeeded', files: ['copy.txt'], folderId: folder.id });
    const notAlone = await api.ask('removeSession', { params: { id: job.session } });
    expect(notAlone.json<object>()).toMatchObject({ code: 'badRequest' });
    expect((await api.ask('removeJob', { params: { id } })).status).toBe(200);
    expect(readFileSync(join(folder.path, 'copy.txt'), 'utf8')).toBe('1\n');
    expect((await api.ask('job', { params: { id } })).json()).toMatchObject({ code: 'noSuchJob' });
    expect((await api.ask('session', { params: { id: job.session } })).status).toBe(404);
    expect(existsSync(join(server.dataDir, 'sessions', job.session))).toBe(false);
    expect(existsSync(join(server.dataDir, 'jobs', `${id}.R`))).toBe(false);
  });

  it('that fails keeps message, traceback and frames', async () => {
    const { id } = await startJob(api, 'f <- function(x) stop("too bad")\ng <- function() f(1)\ng()\n', {
      dumpFrames: true,
      results: true,
    });
    const job = await jobOver(api, id);
    expect(job).toMatchObject({ state: 'failed', error: { message: 'too bad' }, frames: true });
    expect(job.error?.traceback.join('\n')).toMatch(
      /^stop\("too bad"\).*\nf\(1\) at job\.R:2\ng\(\) at job\.R:3$/,
    );
    expect(job.results.map(({ name }) => name)).toEqual(['f', 'g']);
    const frames = await api.ask('jobFrames', { params: { id } });
    expect(frames.status).toBe(200);
    expect(frames.bytes.length).toBeGreaterThan(100);
  });

  it('may end R by itself', async () => {
    const good = await startJob(api, 'writeLines("a", "a.txt"); q("no")');
    const bad = await startJob(api, 'q("no", status = 3)');
    expect(await jobOver(api, good.id)).toMatchObject({ state: 'succeeded', files: ['a.txt'] });
    expect(await jobOver(api, bad.id)).toMatchObject({
      state: 'failed',
      message: 'The script ended R with status 3.',
    });
  });

  it('that R does not end at its quit() is ended', async () => {
    const { id } = await startJob(api, '.Last <- function() stop("not yet")\n');
    expect(await jobOver(api, id)).toMatchObject({ state: 'succeeded' });
  });

  it('waits for an answer, which comes over a socket', async () => {
    const { id } = await startJob(api, 'x <- readline("Name? "); cat("Hello", x, "\\n")');
    const job = await untilJob(api, id, ({ state }) => state === 'waiting');
    const socket = await connect(api.url, api.tokens.access_token);
    const console = await TestAttachment.open(socket, job.session);
    console.input('you\n', 1);
    await console.untilText('Hello you');
    expect(await jobOver(api, id)).toMatchObject({ state: 'succeeded' });
    socket.close();
  });

  it('tells its owner about progress and state', async () => {
    const socket = await connect(api.url, api.tokens.access_token);
    let told = 0;
    let news = Promise.withResolvers<void>();
    socket.on('jobs:changed', () => {
      told++;
      news.resolve();
    });
    const { id } = await startJob(
      api,
      'for (i in 1:100) farside::job_progress(i / 200, "working"); while (!file.exists("go")) Sys.sleep(0.01)',
    );
    let job = await jobOf(api, id);
    while (job.progress === undefined) {
      await news.promise;
      news = Promise.withResolvers();
      job = await jobOf(api, id);
    }
    expect(job).toMatchObject({ state: 'running', progress: { text: 'working' } });
    writeFileSync(join(await workdirOf(job), 'go'), '');
    while (job.state !== 'succeeded') {
      await news.promise;
      news = Promise.withResolvers();
      job = await jobOf(api, id);
    }
    expect(told).toBeLessThan(50);
    socket.close();
  });
});

describe('a job is', () => {
  it('cancelled in a loop, and keeps what it printed and made', async () => {
    const { id } = await startJob(api, 'cat("begun\\n"); writeLines("a", "a.txt"); repeat {}');
    await untilJob(api, id, ({ state }) => state === 'running');
    const refused = await api.ask('removeJob', { params: { id } });
    expect(refused.json()).toMatchObject({ code: 'jobNotOver' });
    const job = (await api.ask('cancelJob', { params: { id } })).json<JobInfo>();
    expect(job).toMatchObject({ state: 'cancelled', files: ['a.txt'] });
    expect(await journalText(job.session)).toContain('begun');
    const again = (await api.ask('cancelJob', { params: { id } })).json<JobInfo>();
    expect(again).toEqual(job);
  });

  it('cancelled although it catches interrupts', async () => {
    const stubborn =
      'repeat tryCatch({ writeLines("", "ready"); repeat Sys.sleep(0.01) }, interrupt = function(e) cat("no\\n"))';
    const { id, session } = await startJob(api, stubborn);
    await untilTrue(() => existsSync(join(server.dataDir, 'sessions', session, 'work', 'ready')));
    const job = (await api.ask('cancelJob', { params: { id } })).json<JobInfo>();
    expect(job.state).toBe('cancelled');
    expect(await journalText(session)).toContain('no\n');
  });

  it('cancelled when the session of its worker is ended', async () => {
    const { id, session } = await startJob(api, 'repeat Sys.sleep(0.01)');
    await untilJob(api, id, ({ state }) => state === 'running');
    await api.ask('endSession', { params: { id: session }, body: { force: true } });
    expect((await jobOver(api, id)).state).toBe('cancelled');
  });

  it('run again as another job with the same settings', async () => {
    const first = await startJob(api, 'cat(commandArgs(TRUE), "\\n")', { name: 'twice', args: ['again'] });
    await jobOver(api, first.id);
    const answer = await api.ask('rerunJob', { params: { id: first.id } });
    expect(answer.status).toBe(201);
    const second = answer.json<JobInfo>();
    expect(second.id).not.toBe(first.id);
    expect(second).toMatchObject({ name: 'twice', file: 'job.R' });
    expect((await jobOver(api, second.id)).state).toBe('succeeded');
    expect(await journalText(second.session)).toContain('again');
    const listed = (await api.ask('jobs')).json<JobInfo[]>().map(({ id }) => id);
    expect(listed.indexOf(second.id)).toBeLessThan(listed.indexOf(first.id));
  });

  it('not in the lists of sessions, and its session is its owner’s like any', async () => {
    const { id, session } = await startJob(api, 'plot(1); invisible(readline()); repeat Sys.sleep(0.01)');
    const mine = await newSession(api);
    await untilJob(api, id, ({ plots }) => plots === 1);
    const own = (await api.ask('sessions')).json<SessionInfo[]>().map((info) => info.id);
    const old = (await api.ask('listSessions')).json<SessionInfo[]>().map((info) => info.id);
    expect(own).toEqual([mine]);
    expect(old).toEqual([mine]);
    expect((await api.ask('session', { params: { id: session } })).json()).toMatchObject({ kind: 'job' });
    expect((await api.ask('plots', { params: { id: session } })).json<unknown[]>()).toHaveLength(1);
    await api.ask('cancelJob', { params: { id } });
    await api.ask('endSession', { params: { id: mine }, body: { force: true } });
  });

  it('lost when its R is killed, and failed with R’s call stack when it crashes', async () => {
    const { id, session } = await startJob(api, 'cat("so far\\n"); repeat Sys.sleep(0.01)');
    await untilJob(api, id, ({ state }) => state === 'running');
    const pid = (await api.ask('session', { params: { id: session } })).json<SessionInfo>().hello?.pid ?? 0;
    expect(pid).toBeGreaterThan(1);
    process.kill(pid, 'SIGKILL');
    const job = await jobOver(api, id);
    expect(job.state).toBe('lost');
    expect(job.message).toMatch(/SIGKILL/);
    expect(await journalText(session)).toContain('so far');
    const crash = await startJob(api, 'f <- function() tools::pskill(Sys.getpid(), 11L); f(); Sys.sleep(5)');
    const crashed = await jobOver(api, crash.id);
    expect(crashed.state).toBe('lost');
    expect(crashed.message).toContain('SIGSEGV');
    expect(crashed.error?.traceback.join('\n')).toContain('f()');
  });

  it('nobody else’s', async () => {
    await api.ask('addUser', { body: { name: 'other', password: 'other password' } });
    const other = await signIn(server, 'other', 'other password');
    const { id } = await startJob(api, 'x <- 1', { results: true });
    await jobOver(api, id);
    expect((await other.ask('jobs')).json()).toEqual([]);
    const name = 'x';
    for (const endpoint of ['job', 'cancelJob', 'rerunJob', 'removeJob', 'jobResult', 'jobFrames'] as const)
      expect((await other.ask(endpoint, { params: { id, name } })).json()).toMatchObject({
        code: 'noSuchJob',
      });
  });

  it('refused when it is not complete, or names what is not there', async () => {
    const folder = { name: 'a', file: 'a.R', script: '1', folderId: 'none' };
    expect((await api.ask('startJob', { body: folder })).json()).toMatchObject({ code: 'notFound' });
    expect((await api.ask('startJob', { body: { name: 'a' } })).status).toBe(400);
    const webhook = { name: 'a', file: 'a.R', script: '1', webhook: 'https://example.org/' };
    expect((await api.ask('startJob', { body: webhook })).json()).toMatchObject({ code: 'webhookRefused' });
  });
});
