import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotDetail, SnapshotInfo } from '@farside/protocol';
import { run } from '../src/runtime/run.ts';
import { dataFiles } from '../src/web/dataFiles.ts';
import { newSession, signIn, type Api } from './support/api.ts';
import { untilTrue } from './support/jobs.ts';
import { startServer, type TestServer } from './support/server.ts';
import { connect } from './support/socket.ts';
import { codeOf, makeSnapshot, mergeSnapshot, runIn, valueIn } from './support/snapshots.ts';

let server: TestServer;
let api: Api;
let other: Api;
const scratch = mkdtempSync(join(tmpdir(), 'farside-snapshots-'));
beforeAll(async () => {
  server = await startServer({ args: ['--isolation=none'] });
  api = await signIn(server);
  await api.ask('addUser', { body: { name: 'eve', password: 'another secret' } });
  other = await signIn(server, 'eve', 'another secret');
});
afterAll(async () => {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const sessionWith = async (code: string): Promise<string> => {
  const id = await newSession(api);
  await runIn(api, id, code);
  return id;
};

describe('a snapshot', () => {
  it('brings objects and files into another session, as the original does', async () => {
    const id = await sessionWith(
      'x <- 1:10; .hidden <- "h"; dir.create("sub"); writeLines("in", "sub/a b.txt")',
    );
    const made = await api.ask('createSnapshot', { params: { id }, body: { name: 'first' } });
    expect(made.status).toBe(201);
    const { snapshotId } = made.json<{ snapshotId: string }>();
    const into = await sessionWith(
      'x <- "old"; own <- 2; dir.create("sub"); writeLines("old", "sub/a b.txt")',
    );
    const loaded = await api.ask('loadSnapshot', { params: { id: into, snapshotId } });
    expect([loaded.status, loaded.text]).toEqual([200, '']);
    expect(await valueIn(api, into, 'sum(x), own, .hidden, readLines("sub/a b.txt")')).toBe('55 2 h in');
  });

  it('is made of a body-less request, too, and has a name', async () => {
    const id = await newSession(api);
    const made = await api.ask('createSnapshot', { params: { id } });
    expect(made.status).toBe(201);
    const { snapshotId } = made.json<{ snapshotId: string }>();
    const list = (await api.ask('listSnapshots')).json<SnapshotInfo[]>();
    const found = list.find((s) => s.id === snapshotId);
    expect(found).toMatchObject({
      owner: 'admin',
      name: expect.stringMatching(/^Snapshot \d{4}-/) as string,
    });
    const details = (await api.ask('snapshots')).json<SnapshotDetail[]>();
    expect(details.find((s) => s.id === snapshotId)).toEqual({
      ...found,
      session: expect.any(String) as string,
      rVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      objects: 0,
      files: 0,
    });
    expect(found?.creationTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+$/);
  });

  it('starts a session, in the original’s words and in ours', async () => {
    const id = await sessionWith('y <- 7; writeLines("w", "w.txt")');
    const { snapshotId } = await makeSnapshot(api, id);
    const old = await api.ask('createSession', { body: { snapshotId } });
    expect(await valueIn(api, old.json<{ sessionId: string }>().sessionId, 'y, readLines("w.txt")')).toBe(
      '7 w',
    );
    const own = await newSession(api, { snapshotId });
    expect(await valueIn(api, own, 'y, readLines("w.txt")')).toBe('7 w');
  });

  it('is a zip with .RData and the files, of the size that the list says', async () => {
    const id = await sessionWith(
      'z <- data.frame(a = 1:3); dir.create("d"); writeBin(as.raw(0:255), "d/é.bin")',
    );
    await runIn(
      api,
      id,
      'file.symlink("d/é.bin", "link"); file.create("empty"); writeLines("own", ".RData")',
    );
    const { snapshotId, size } = await makeSnapshot(api, id);
    const zip = await api.ask('getSnapshotContent', { params: { id: snapshotId } });
    expect(zip.status).toBe(200);
    expect(zip.headers.get('content-type')).toBe('application/zip');
    expect([zip.bytes.length, Number(zip.headers.get('content-length'))]).toEqual([size, size]);
    const file = join(scratch, 'a.zip');
    writeFileSync(file, zip.bytes);
    const out = join(scratch, 'a');
    const code = `unzip("${file}", exdir = "${out}"); load("${out}/.RData"); stopifnot(identical(z, data.frame(a = 1:3)),
      identical(readBin("${out}/d/\\u00e9.bin", "raw", 1000), as.raw(0:255)),
      identical(readBin("${out}/link", "raw", 1000), as.raw(0:255)))`;
    expect(await run('Rscript', ['-e', code])).toMatchObject({ status: 0 });
    expect(readdirSync(out, { recursive: true }).sort()).toEqual(['.RData', 'd', 'd/é.bin', 'empty', 'link']);
    const head = await api.ask('getSnapshotContent', { params: { id: snapshotId }, raw: { method: 'HEAD' } });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(size)]);
  });

  it('is news for its owner when it is made and deleted', async () => {
    const [mine, theirs] = await Promise.all(
      [api, other].map(({ url, tokens }) => connect(url, tokens.access_token)),
    );
    let news = Promise.withResolvers<void>();
    mine?.on('snapshots:changed', () => news.resolve());
    let told = 0;
    theirs?.on('snapshots:changed', () => told++);
    const { snapshotId } = await makeSnapshot(api, await newSession(api));
    await news.promise;
    news = Promise.withResolvers();
    await api.ask('deleteSnapshot', { params: { id: snapshotId } });
    await news.promise;
    expect(told).toBe(0);
    mine?.close();
    theirs?.close();
  });

  it('is gone once it is deleted', async () => {
    const { snapshotId } = await makeSnapshot(api, await newSession(api));
    const params = { id: snapshotId };
    expect((await api.ask('deleteSnapshot', { params })).status).toBe(200);
    for (const name of ['deleteSnapshot', 'getSnapshotContent'] as const) {
      const answer = await api.ask(name, { params });
      expect([answer.status, codeOf(answer)]).toEqual([404, 'noSuchSnapshot']);
    }
    expect(readdirSync(join(server.dataDir, 'snapshots')).join()).not.toContain(snapshotId);
  });

  it('exists for its creator only', async () => {
    const { snapshotId } = await makeSnapshot(api, await sessionWith('secret <- 1'));
    const id = await newSession(other);
    const answers = [
      await other.ask('getSnapshotContent', { params: { id: snapshotId } }),
      await other.ask('deleteSnapshot', { params: { id: snapshotId } }),
      await other.ask('loadSnapshot', { params: { id, snapshotId } }),
      await other.ask('mergeSnapshot', { params: { id, snapshotId }, body: {} }),
      await other.ask('createSession', { body: { snapshotId } }),
      await other.ask('startSession', { body: { snapshotId } }),
    ];
    expect(answers.map((a) => [a.status, codeOf(a)])).toEqual(answers.map(() => [404, 'noSuchSnapshot']));
    for (const list of ['listSnapshots', 'snapshots'] as const)
      expect((await other.ask(list)).json()).toEqual([]);
    expect((await api.ask('getSnapshotContent', { params: { id: snapshotId } })).status).toBe(200);
  });
});

describe('what does not survive', () => {
  it('is listed by name', async () => {
    const id = await sessionWith(`
      con <- file("open.txt", "w"); deep <- list(a = list(b = environment())); deep$a$b <- new.env()
      deep$a$b$pointer <- getNamespace("stats")$C_cor$address
      library(splines); pdf(NULL); fine <- lm(mpg ~ wt, mtcars)
      file.symlink("/etc/passwd", "outside"); system("mkfifo pipe"); attach(mtcars, name = "cars")`);
    const { lost } = await makeSnapshot(api, id);
    const reasons = Object.fromEntries(lost.map(({ name, reason }) => [name, reason]));
    expect(reasons).toMatchObject({
      con: expect.stringContaining('connection') as string,
      deep: expect.stringContaining('pointer') as string,
      splines: expect.stringContaining('library()') as string,
      pdf: expect.stringContaining('graphics device') as string,
      outside: expect.stringContaining('leads out') as string,
      pipe: expect.stringContaining('named pipe') as string,
      cars: expect.stringContaining('attach()') as string,
      'open.txt': expect.stringContaining('open connection') as string,
    });
    expect(reasons).not.toHaveProperty('fine');
  });

  it('can be attached packages, options and the seed: not when they are asked for', async () => {
    const id = await sessionWith(
      'library(splines); options(digits = 3, my.own = "o"); set.seed(1); invisible(runif(1))',
    );
    const { snapshotId, lost } = await makeSnapshot(api, id, { attached: true });
    expect(lost).toEqual([]);
    const into = await newSession(api, { snapshotId });
    const look = '"package:splines" %in% search(), getOption("digits"), getOption("my.own"), runif(1)';
    expect(await valueIn(api, into, look)).toBe(await valueIn(api, id, look));
    const plain = await newSession(api, { snapshotId, attached: false });
    expect(
      await valueIn(
        api,
        plain,
        '"package:splines" %in% search(), getOption("digits"), exists(".Random.seed")',
      ),
    ).toBe('FALSE 7 FALSE');
  });

  it('promises and active bindings are not run, and come back as they were', async () => {
    const id = await sessionWith(`
      runs <- 0; makeActiveBinding("now", function() { runs <<- runs + 1; runs }, globalenv())
      delayedAssign("later", { cat("forced "); 5 })`);
    const { snapshotId } = await makeSnapshot(api, id);
    expect(await valueIn(api, id, 'runs')).toBe('0');
    const into = await sessionWith(
      'makeActiveBinding("now", function(v) stop("an active binding ran"), globalenv())',
    );
    await mergeSnapshot(api, into, snapshotId);
    expect(await valueIn(api, into, 'runs, later, bindingIsActive("now", globalenv())')).toBe(
      'forced 0 5 TRUE',
    );
  });
});

describe('a busy R', () => {
  it('is waited for a while, and then named', async () => {
    const id = await newSession(api);
    const code = 'file.create("busy"); Sys.sleep(600)';
    const running = api.ask('executeCode', { params: { id }, body: { code } });
    await untilTrue(() => existsSync(join(dataFiles(server.dataDir).workdir(id), 'busy')));
    const answer = await api.ask('createSnapshot', { params: { id }, body: {} });
    expect([answer.status, codeOf(answer)]).toEqual([409, 'sessionBusy']);
    await api.ask('closeSessionByForce', { params: { id } });
    await running;
    const ended = await api.ask('createSnapshot', { params: { id }, body: {} });
    expect([ended.status, codeOf(ended)]).toEqual([410, 'sessionEnded']);
    expect(readdirSync(join(server.dataDir, 'snapshots')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
