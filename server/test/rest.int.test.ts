import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecuteResponse, SessionInfo } from '@farside/protocol';
import { ask, newSession, request, signIn, type Api } from './support/api.ts';
import { startServer, type TestServer } from './support/server.ts';

let server: TestServer;
let api: Api;
let id: string;
beforeAll(async () => {
  server = await startServer();
  api = await signIn(server);
  id = await newSession(api, { name: 'main' });
});
afterAll(() => server.stop());

const execute = async (body: object, session = id) =>
  (await api.ask('executeCode', { params: { id: session }, body })).json<ExecuteResponse>();
const codeOf = (answer: { json<T>(): T }) => answer.json<{ code: string }>().code;

describe('farside serve', () => {
  it('prints one line on standard output when it is ready', () => {
    expect(server.stdout()).toMatch(/^Farside is ready at http:\/\/127\.0\.0\.1:\d+ \(data in .*\)\n$/);
  });

  it('says what it is before anybody signs in', async () => {
    const about = (await ask(server.url, 'about')).json<object>();
    expect(about).toMatchObject({ product: 'farside', isolation: 'single-user', notice: '' });
  });

  it('reports the health of its parts', async () => {
    const status = (await api.ask('status')).json<object>();
    expect(status).toMatchObject({ statusCode: 'pass', components: { database: { statusCode: 'pass' } } });
  });

  it('describes its R for the diff report', async () => {
    const r = (await api.ask('rEnvironment')).json<{ version: string; packages: object[] }>();
    expect(r.version).toMatch(/^R version/);
    expect(r.packages).toContainEqual(expect.objectContaining({ name: 'stats' }));
  });

  it('accepts a trailing slash, as old clients send it', async () => {
    const body = JSON.stringify({ username: server.username, password: server.password });
    expect((await request(`${server.url}/login/`, { method: 'POST', body })).status).toBe(200);
  });

  it.each([
    ['an unknown address', '/nope', {}, 404, 'notFound'],
    ['a body that is not JSON', '/login', { method: 'POST', body: '{oops' }, 400, 'badRequest'],
    ['a body without its fields', '/login', { method: 'POST', body: '{}' }, 400, 'badRequest'],
    [
      'a body that is too long',
      '/login',
      { method: 'POST', body: `"${'x'.repeat(20_000)}"` },
      413,
      'frameTooLarge',
    ],
    ['a bad % code', '/sessions/%E0%A4%A/files', {}, 400, 'badRequest'],
  ])('answers %s with a clear error', async (_what, path, init, status, code) => {
    const answer = await request(server.url + path, init);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });
});

describe('sessions', () => {
  it('are listed in both forms', async () => {
    const old = (await api.ask('listSessions')).json<object[]>();
    expect(old).toContainEqual({ id, name: 'main', owner: 'admin', runtimeType: 'R' });
    const now = (await api.ask('sessions')).json<SessionInfo[]>();
    expect(now.find((s) => s.id === id)).toMatchObject({ state: { state: 'idle', prompt: 'top' } });
  });

  it('that do not exist are not found', async () => {
    const answer = await api.ask('session', { params: { id: 'nope' } });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'noSuchSession']);
  });

  it('that ended are gone for work and stay readable', async () => {
    const session = await newSession(api);
    await execute({ code: 'cat("before the end\\n"); writeLines("kept", "kept.txt")' }, session);
    expect((await api.ask('closeSession', { params: { id: session } })).status).toBe(200);
    const gone = await api.ask('listWorkspaceObjects', { params: { id: session } });
    expect([gone.status, codeOf(gone)]).toEqual([410, 'sessionEnded']);
    const refused = await api.ask('executeCode', { params: { id: session }, body: { code: '1' } });
    expect(refused.status).toBe(410);
    const output = await api.ask('getSessionConsoleOutput', { params: { id: session } });
    expect(output.json<object>()).toEqual({ consoleOutput: 'before the end\n' });
    const file = await api.ask('getSessionFile', { params: { id: session, fileName: 'kept.txt' } });
    expect(file.text).toBe('kept\n');
    const info = (await api.ask('session', { params: { id: session } })).json<SessionInfo>();
    expect(info.state).toMatchObject({ state: 'ended' });
  });
});

describe('execute', () => {
  it('runs code with inputs and gives outputs, console text and changed files', async () => {
    const result = await execute({
      code: 'z <- x * 2\nprint(sum(z))\nwriteLines("hi", "made.txt")',
      inputParameters: [{ name: 'x', value: [1, 2.5] }],
      outputParameters: ['z'],
    });
    expect(result).toEqual({
      success: true,
      errorMessage: '',
      outputParameters: [{ name: 'z', value: [2, 5] }],
      consoleOutput: '[1] 7\n',
      changedFiles: ['made.txt'],
    });
  });

  it('takes every kind of value, and text that tries to be code', async () => {
    const evil = '"); stop("no"); c("\\ ` \u2028 😀 \n';
    const inputParameters = [
      { name: 'txt', value: evil },
      { name: 'odd name`\\', value: true },
      {
        name: 'm',
        value: [
          [1, 2],
          [3, 4],
        ],
      },
      { name: 'df', value: { n: [1, 2], s: ['a', 'b'] } },
      { name: 'none', value: null },
      { name: 'gaps', value: [1, null] },
    ];
    const code =
      'str <- c(nchar(txt), dim(m), m[2, 1], is.null(none), is.na(gaps[2]))\nd <- as.data.frame(df)';
    const outputParameters = ['txt', 'odd name`\\', 'str', 'd'];
    const result = await execute({ code, inputParameters, outputParameters });
    expect(result.outputParameters.map((o) => o.value)).toEqual([
      evil,
      true,
      [[...evil].length, 2, 2, 3, 1, 1],
      { n: [1, 2], s: ['a', 'b'] },
    ]);
  });

  it('reports an error of R as an answer, not as an HTTP error', async () => {
    const result = await execute({ code: 'cat("a\\n")\nstop("it broke")' });
    expect(result).toMatchObject({ success: false, errorMessage: expect.stringContaining('it broke') });
    expect(result.consoleOutput).toMatch(/^a\n/);
  });

  it('reports code that does not parse', async () => {
    const result = await execute({ code: '1 +* 2' });
    expect(result).toMatchObject({ success: false, errorMessage: expect.stringContaining("unexpected '*'") });
  });

  it('reports an output that is not there', async () => {
    const result = await execute({ code: '1', outputParameters: ['nowhere'] });
    expect(result).toMatchObject({ success: false, errorMessage: expect.stringContaining('nowhere') });
  });

  it('draws plots to files of 400 x 400', async () => {
    const result = await execute({ code: 'plot(1:3)' });
    expect(result.changedFiles).toEqual(['Rplot001.png']);
    const { bytes } = await api.ask('getSessionFile', { params: { id, fileName: 'Rplot001.png' } });
    const view = new DataView(bytes.buffer);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([400, 400]);
  });

  it('answers 409 while R is busy, and is interrupted by cancel', async () => {
    const session = await newSession(api);
    const first = execute({ code: 'repeat Sys.sleep(0.01)' }, session);
    const isBusy = async () =>
      (await api.ask('session', { params: { id: session } })).json<SessionInfo>().state.state === 'busy';
    while (!(await isBusy()));
    const second = await api.ask('executeCode', { params: { id: session }, body: { code: '1' } });
    expect([second.status, codeOf(second)]).toEqual([409, 'sessionBusy']);
    expect((await api.ask('cancelSession', { params: { id: session } })).status).toBe(200);
    expect(await first).toMatchObject({
      success: false,
      errorMessage: expect.stringContaining('interrupted'),
    });
    expect(await execute({ code: 'cat("fine")' }, session)).toMatchObject({ consoleOutput: 'fine' });
  });

  it('answers 410 when the code ends the session', async () => {
    const session = await newSession(api);
    const answer = await api.ask('executeCode', { params: { id: session }, body: { code: 'q()' } });
    expect([answer.status, codeOf(answer)]).toEqual([410, 'sessionEnded']);
  });

  it('keeps the console output and the history', async () => {
    const session = await newSession(api);
    await execute({ code: 'cat("one\\n")' }, session);
    await execute({ code: 'cat("two\\n")' }, session);
    const output = (await api.ask('getSessionConsoleOutput', { params: { id: session } })).json<object>();
    expect(output).toEqual({ consoleOutput: 'two\n' });
    const history = (await api.ask('listSessionHistory', { params: { id: session } })).json<string[]>();
    expect(history).toEqual(['cat("one\\n")', 'cat("two\\n")']);
  });
});

describe('workspace', () => {
  it('gives and takes objects in R’s own form', async () => {
    await execute({ code: 'keep <- list(a = 1:3, b = "ü")' });
    const names = (await api.ask('listWorkspaceObjects', { params: { id } })).json<string[]>();
    expect(names).toContain('keep');
    const got = await api.ask('getWorkspaceObject', { params: { id, objectName: 'keep' } });
    const raw = { body: got.bytes };
    const put = await api.ask('setWorkspaceObject', { params: { id, objectName: 'copy' }, raw });
    expect(put.status).toBe(200);
    expect(await execute({ code: 'cat(identical(keep, copy))' })).toMatchObject({ consoleOutput: 'TRUE' });
    expect((await api.ask('deleteWorkspaceObject', { params: { id, objectName: 'copy' } })).status).toBe(200);
  });

  it('says when there is no such object', async () => {
    for (const name of ['getWorkspaceObject', 'deleteWorkspaceObject'] as const) {
      const answer = await api.ask(name, { params: { id, objectName: 'nowhere' } });
      expect([answer.status, codeOf(answer)]).toEqual([404, 'noSuchObject']);
    }
  });

  it('refuses bytes that are not an object', async () => {
    const raw = { body: 'junk' };
    const answer = await api.ask('setWorkspaceObject', { params: { id, objectName: 'x' }, raw });
    expect([answer.status, codeOf(answer)]).toEqual([422, 'callFailed']);
  });
});
