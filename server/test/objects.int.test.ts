import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecuteResponse, ObjectExport, SessionInfo } from '@farside/protocol';
import { newSession, signIn, type Api } from './support/api.ts';
import { TestConsole } from './support/console.ts';
import { startServer, type TestServer } from './support/server.ts';
import { createUpload, sendChunk, sha256, upload } from './support/tus.ts';

let server: TestServer;
let api: Api;
let id: string;
beforeAll(async () => {
  server = await startServer({ args: ['--isolation=none', '--max-file-size', '64M'] });
  api = await signIn(server);
  id = await newSession(api);
});
afterAll(() => server.stop());

const run = async (code: string, session = id, outputParameters?: string[]) => {
  const answer = await api.ask('executeCode', { params: { id: session }, body: { code, outputParameters } });
  const result = answer.json<ExecuteResponse>();
  if (!result.success) throw new Error(answer.text);
  return result;
};
const ask = (body: object, session = id, as = api) =>
  as.ask('exportObjects', { params: { id: session }, body });
const exported = async (body: object, session = id) => {
  const answer = await ask(body, session);
  expect([answer.status, answer.status === 201 ? '' : answer.text]).toEqual([201, '']);
  return answer.json<ObjectExport>();
};
const fetched = (made: ObjectExport, headers = {}, session = id) =>
  api.ask('exported', { params: { id: session, export: made.id }, raw: { headers } });
const codeOf = (answer: { json<T>(): T }) => answer.json<{ code: string }>().code;
const directory = (session = id) => join(server.dataDir, 'sessions', session, 'exports');

describe('objects', () => {
  it('travel from one session to another as they are', async () => {
    await run(
      'x <- data.frame(a = c(1.5, NA, Inf), b = c("é", NA, "😀")); f <- function(n) n + 1; e <- NULL; y <- 1:1e6',
    );
    const made = await exported({ names: ['x', 'f', 'e', 'y'] });
    expect(made).toMatchObject({ names: ['x', 'f', 'e', 'y'], skipped: [] });
    const { bytes } = await fetched(made);
    expect([bytes.length, sha256(bytes)]).toEqual([made.size, made.hash]);
    const other = await newSession(api);
    const answer = await upload(api, { session: other, objects: '' }, bytes);
    expect([answer.status, answer.json<object>()]).toEqual([200, { names: ['x', 'f', 'e', 'y'] }]);
    const again = await exported({ names: ['x', 'f', 'e', 'y'] }, other);
    expect((await fetched(again, {}, other)).bytes).toHaveLength(bytes.length);
    const { consoleOutput } = await run('print(x); cat(f(41), is.null(e), length(y))', other);
    expect(consoleOutput).toContain('Inf   😀');
    expect(consoleOutput).toContain('42 TRUE 1000000');
    await upload(api, { session: other, objects: 'my list' }, bytes);
    expect((await run('cat(names(`my list`), `my list`$f(1))', other)).consoleOutput).toBe('x f e y 2');
  });

  it('that can not travel are named, and nothing is evaluated for any of it', async () => {
    const session = await newSession(api);
    await run(
      `ok <- 1; con <- file("nothing"); env <- new.env(); .hidden <- 2
       makeActiveBinding("active", function() { cat("IT RAN\\n"); 1 }, globalenv())
       delayedAssign("lazy", { cat("IT RAN\\n"); 1 }); delayedAssign("done", 42); invisible(done)`,
      session,
    );
    const made = await exported({ all: true }, session);
    expect(made.names).toEqual(['done', 'env', 'ok']);
    expect(made.skipped.map(({ name }) => name)).toEqual(['active', 'con', 'lazy']);
    expect(made.skipped[1]?.reason).toContain('connection');
    expect((await exported({ names: ['.hidden', 'lazy'] }, session)).names).toEqual(['.hidden']);
    const journal = await api.ask('sessionJournal', { params: { id: session }, query: { format: 'text' } });
    expect(journal.text).not.toContain('\nIT RAN');
  });

  it('are fetched in parts, and gone when they were', async () => {
    const made = await exported({ names: ['y'] });
    const whole = (await fetched(made)).bytes;
    const first = await fetched(made, { range: 'bytes=0-99' });
    expect([first.status, first.bytes]).toEqual([206, whole.subarray(0, 100)]);
    const etag = first.headers.get('etag') ?? '';
    const rest = await fetched(made, { range: 'bytes=100-', 'if-range': etag });
    expect([rest.status, rest.bytes]).toEqual([206, whole.subarray(100)]);
    expect((await api.ask('removeExport', { params: { id, export: made.id } })).status).toBe(200);
    expect((await fetched(made)).status).toBe(404);
    expect((await api.ask('removeExport', { params: { id, export: made.id } })).status).toBe(404);
  });

  it('can be fetched before their hash is known, which is told by itself', async () => {
    const made = await exported({ names: ['y'], hash: 'later' });
    expect(made.hash).toBeUndefined();
    const params = { id, export: made.id };
    const [whole, digest] = await Promise.all([fetched(made), api.ask('exportDigest', { params })]);
    expect(digest.json<object>()).toEqual({ size: made.size, hash: sha256(whole.bytes) });
    expect((await api.ask('exportDigest', { params })).json<object>()).toEqual(digest.json<object>());
    const atOnce = await exported({ names: ['y'] });
    expect(atOnce.hash).toBe(sha256(whole.bytes));
    await api.ask('removeExport', { params });
    expect((await api.ask('exportDigest', { params })).status).toBe(404);
  });

  it('over the limit, or not there, leave nothing behind', async () => {
    await run('big <- runif(9e6)');
    const large = await ask({ names: ['big'] });
    expect([large.status, codeOf(large)]).toEqual([413, 'objectsTooLarge']);
    const absent = await ask({ names: ['y', 'not "there"'] });
    expect([absent.status, codeOf(absent)]).toEqual([404, 'noSuchObject']);
    expect(absent.text).toContain('not \\"there\\"');
    expect(readdirSync(directory()).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it.each([
    [{}],
    [{ names: 'x' }],
    [{ names: ['x'], hash: 'never' }],
    [{ names: [''] }],
    [{ all: false }],
    [{ names: ['x'], all: true }],
    [[]],
  ])('asked for with %j are refused', async (body) => {
    const answer = await ask(body);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'badRequest']);
  });

  it('of others do not exist', async () => {
    await api.ask('addUser', { body: { name: 'other', password: 'long enough' } });
    const other = await signIn(server, 'other', 'long enough');
    const made = await exported({ names: ['y'] });
    expect((await ask({ all: true }, id, other)).status).toBe(404);
    for (const name of [made.id, '../session.json', `${made.id}.part`, 'x'])
      for (const caller of name === made.id ? [other] : [other, api])
        for (const endpoint of ['exported', 'exportDigest', 'removeExport'] as const)
          expect((await caller.ask(endpoint, { params: { id, export: name } })).status).toBe(404);
    expect((await fetched(made)).status).toBe(200);
    expect((await upload(other, { session: id, objects: '' }, 'x')).status).toBe(404);
    const { url } = await createUpload(api, { session: id, objects: '', hash: sha256('x') }, 1);
    expect((await sendChunk(other, url, 0, new TextEncoder().encode('x'))).status).toBe(404);
  });
});

describe('objects that are sent', () => {
  let bytes: Uint8Array<ArrayBuffer>;
  let session: string;
  beforeAll(async () => {
    await run('a <- "new"; b <- "new"');
    bytes = (await fetched(await exported({ names: ['a', 'b'] }))).bytes;
    session = await newSession(api);
    await run('a <- "old"; b <- "old"', session);
  });
  const values = async () => (await run('cat(a, b)', session)).consoleOutput;

  it('are assigned all or none', async () => {
    await run('lockBinding("b", globalenv())', session);
    const locked = await upload(api, { session, objects: '' }, bytes);
    expect([locked.status, codeOf(locked)]).toEqual([422, 'callFailed']);
    expect(locked.text).toContain('locked');
    await run('unlockBinding("b", globalenv())', session);
    for (const [content, hash] of [
      [bytes, sha256('other')],
      [bytes.slice(0, -5), undefined],
      [new TextEncoder().encode('this is no object'), undefined],
      [new Uint8Array(0), undefined],
    ] as const) {
      const answer = await upload(api, { session, objects: '', ...(hash && { hash }) }, content);
      expect([answer.status, codeOf(answer)]).toEqual([422, hash ? 'uploadDamaged' : 'callFailed']);
    }
    expect(await values()).toBe('old old');
    expect((await upload(api, { session, objects: '' }, bytes)).status).toBe(200);
    expect(await values()).toBe('new new');
  });

  it('need a session that runs, a hash and a name that can be one', async () => {
    for (const [values, status] of [
      [{ session, objects: 'a\0b' }, 400],
      [{ session, objects: 'x'.repeat(10_001) }, 400],
      [{ session, objects: '', hash: 'x' }, 400],
      [{ session: 'nope', objects: '' }, 404],
      [{ objects: '' }, 404],
    ] as const)
      expect([values, (await upload(api, values, bytes)).status]).toEqual([values, status]);
    const over = await newSession(api);
    await api.ask('endSession', { params: { id: over }, body: { force: true } });
    const answer = await upload(api, { session: over, objects: '' }, bytes);
    expect([answer.status, codeOf(answer)]).toEqual([410, 'sessionEnded']);
    expect(codeOf(await ask({ all: true }, over))).toBe('sessionEnded');
  });

  it('go on in parts after a break, also over a kill of the server', async () => {
    const { url } = await createUpload(api, { session, objects: 'parts', hash: sha256(bytes) }, bytes.length);
    expect((await sendChunk(api, url, 0, bytes.slice(0, 50))).status).toBe(204);
    const port = Number(new URL(server.url).port);
    const { dataDir } = server;
    await server.endWebNode('SIGKILL');
    server = await startServer({ dataDir, port, args: ['--isolation=none', '--max-file-size', '64M'] });
    const answer = await sendChunk(api, url, 50, bytes.slice(50));
    expect([answer.status, answer.json<object>()]).toEqual([200, { names: ['parts'] }]);
    expect((await run('cat(unlist(parts))', session)).consoleOutput).toBe('new new');
  });
});

describe('when things go wrong', () => {
  it('a busy R is waited for a while, and then it is said that it is busy', async () => {
    const session = await newSession(api);
    const console = new TestConsole(api, session);
    await console.untilPrompt();
    await console.send('x <- 1; Sys.sleep(600)\n');
    await console.until((e) => e.type === 'consumed');
    const answers = await Promise.all([
      ask({ names: ['x'] }, session),
      upload(api, { session, objects: '' }, new Uint8Array([1])),
    ]);
    for (const answer of answers) expect([answer.status, codeOf(answer)]).toEqual([409, 'sessionBusy']);
    const waiting = ask({ names: ['x'] }, session);
    await api.ask('interruptSession', { params: { id: session }, body: { level: 1 } });
    expect((await waiting).status).toBe(201);
  });

  it('an R that is killed in the middle leaves nothing', async () => {
    const session = await newSession(api);
    await run('x <- as.list(runif(4e6))', session);
    const info = (await api.ask('session', { params: { id: session } })).json<SessionInfo>();
    const answering = ask({ names: ['x'] }, session);
    while (!existsSync(directory(session)) || readdirSync(directory(session)).length === 0)
      await new Promise(setImmediate);
    process.kill(info.hello?.pid ?? 0, 'SIGKILL');
    const answer = await answering;
    expect([answer.status, codeOf(answer)]).toEqual([422, 'callFailed']);
    await new TestConsole(api, session).until((e) => e.type === 'ended');
    expect(existsSync(directory(session)) ? readdirSync(directory(session)) : []).toEqual([]);
  });

  it('what nobody fetched goes: at the end of its session, and when the server starts', async () => {
    const session = await newSession(api);
    await run('x <- 1', session);
    const [old, fresh] = [
      await exported({ names: ['x'] }, session),
      await exported({ names: ['x'] }, session),
    ];
    writeFileSync(join(directory(session), `${fresh.id}.part`), 'an earlier server was killed over it');
    const before = new Date(Date.now() - 2 * 60 * 60_000);
    utimesSync(join(directory(session), old.id), before, before);
    const port = Number(new URL(server.url).port);
    const { dataDir } = server;
    await server.endWebNode('SIGKILL');
    server = await startServer({ dataDir, port, args: ['--isolation=none', '--max-file-size', '64M'] });
    while (readdirSync(directory(session)).length !== 1) await new Promise(setImmediate);
    expect((await fetched(fresh, {}, session)).status).toBe(200);
    const digest = await api.ask('exportDigest', { params: { id: session, export: fresh.id } });
    expect(digest.json<{ hash: string }>().hash).toBe(fresh.hash);
    await api.ask('endSession', { params: { id: session }, body: {} });
    expect(existsSync(directory(session))).toBe(false);
  });
});

const mount = mkdtempSync(join(tmpdir(), 'farside-objects-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', mount]).status === 0;
afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', mount]);
  rmSync(mount, { recursive: true, force: true });
});

describe.skipIf(!mounted)('on a disk that gets full', () => {
  it('an export says so, and leaves the session and the disk as they were', async () => {
    const session = await newSession(api);
    await run('x <- runif(7e6); y <- 1', session);
    // This session's exports lie on the small disk.
    symlinkSync(mount, directory(session));
    const answer = await ask({ names: ['x'] }, session);
    expect([answer.status, codeOf(answer)]).toEqual([507, 'diskFull']);
    expect(readdirSync(mount)).toEqual([]);
    expect((await exported({ names: ['y'] }, session)).names).toEqual(['y']);
  });
});
