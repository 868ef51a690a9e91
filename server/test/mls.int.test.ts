import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecuteResponse } from '@farside/protocol';
import { newSession, request, signIn, type Api } from './support/api.ts';
import { startServer, type TestServer } from './support/server.ts';

/** What docs/rest-compat.md says beyond what the generated client of mlsClient.int.test.ts goes through. */
let server: TestServer;
let api: Api;
let id: string;
beforeAll(async () => {
  server = await startServer();
  api = await signIn(server);
  id = await newSession(api);
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: RequestInit['body']) =>
  request(server.url + path, {
    method,
    headers: { authorization: `Bearer ${api.tokens.access_token}` },
    ...(body !== undefined && { body }),
  });
const values = async (code: string, ...outputParameters: string[]) => {
  const answer = await api.ask('executeCode', { params: { id }, body: { code, outputParameters } });
  return answer.json<ExecuteResponse>().outputParameters.map(({ value }) => value);
};

describe('addresses and bodies', () => {
  it.each(['/sessions/', '/status/', '/snapshots/'])('%s may end with a slash', async (path) => {
    expect((await call('GET', path)).status).toBe(200);
  });

  it('an upload is answered by 201 without a body', async () => {
    const form = new FormData();
    form.append('file', new File(['x'], 'x.txt'));
    const answer = await call('POST', `/sessions/${id}/files/`, form);
    expect([answer.status, answer.text]).toEqual([201, '']);
  });

  it('a body may be absent where nothing in it is required, and null where a field is left out', async () => {
    for (const body of [undefined, '{"name":null,"snapshotId":null,"runtimeType":null}']) {
      const answer = await call('POST', '/sessions', body);
      expect(answer.status).toBe(201);
      await call('DELETE', `/sessions/${answer.json<{ sessionId: string }>().sessionId}/force`);
    }
    const body = '{"code":"cat(1)","inputParameters":null,"outputParameters":null}';
    const answer = await call('POST', `/sessions/${id}/execute`, body);
    expect(answer.json<object>()).toMatchObject({ success: true, consoleOutput: '1' });
  });

  it('Python is refused, and says so', async () => {
    const answer = await call('POST', '/sessions', '{"runtimeType":"Python"}');
    expect(answer.status).toBe(400);
    expect(answer.json<object>()).toMatchObject({
      message: expect.stringContaining('only the runtime type R'),
    });
  });

  it('an error has the fields of the core and of the services', async () => {
    const answer = await call('POST', `/sessions/${id}/execute`, '{"code":1}');
    expect(answer.status).toBe(400);
    expect(answer.json<object>()).toEqual({
      message: expect.stringContaining('code'),
      link: expect.stringContaining('docs/errors.md#'),
      exceptionType: 'badRequest',
      code: 'badRequest',
      fields: 'code',
      details: expect.any(Object),
      retryable: false,
    });
  });
});

describe('sessions that are gone', () => {
  it('are 410 for what needs R, are read for the rest, and can be closed again', async () => {
    const gone = await newSession(api);
    await call('DELETE', `/sessions/${gone}`);
    const statuses = async (requests: readonly (readonly [string, string])[]) =>
      Promise.all(
        requests.map(
          async ([method, path]) =>
            (await call(method, `/sessions/${gone}${path}`, method === 'POST' ? '{"code":"1"}' : undefined))
              .status,
        ),
      );
    const needR = [
      ['POST', '/execute'],
      ['POST', '/cancel'],
      ['GET', '/workspace'],
      ['GET', '/workspace/x'],
      ['POST', '/workspace/x'],
      ['DELETE', '/workspace/x'],
    ] as const;
    expect(new Set(await statuses(needR))).toEqual(new Set([410]));
    const read = [
      ['GET', '/console-output'],
      ['GET', '/history'],
      ['GET', '/files'],
      ['DELETE', ''],
      ['DELETE', '/force'],
    ] as const;
    expect(new Set(await statuses(read))).toEqual(new Set([200]));
  });

  it('that never were are 404, whatever is asked', async () => {
    for (const path of ['', '/force'])
      expect((await call('DELETE', `/sessions/nope${path}`)).status).toBe(404);
    for (const path of ['/console-output', '/history', '/files', '/workspace', '/workspace/x', '/files/x'])
      expect((await call('GET', `/sessions/nope${path}`)).status).toBe(404);
  });
});

describe('every operation', () => {
  it('but signing in is 401 without a token', async () => {
    const paths = [
      '/status',
      '/sessions',
      `/sessions/${id}/history`,
      `/sessions/${id}/workspace`,
      '/snapshots',
    ];
    for (const path of paths) {
      const answer = await request(server.url + path);
      expect([path, answer.status, answer.headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer']);
    }
  });
});

describe('values', () => {
  it('of every type come in the original’s encoding', async () => {
    const code = `
      num <- 0.1; int <- 3L; flag <- NA; txt <- "ü\\n"; vec <- c(1.5, NA, Inf); none <- integer()
      mat <- matrix(1:6, 2); words <- matrix(c("a", "b"), 1); df <- data.frame(n = 1.5, s = "x", ok = NA)
      fac <- factor(c("lo", NA)); day <- as.Date("2024-02-29"); at <- as.POSIXct("2024-02-29 13:00:00")
      raws <- as.raw(c(0, 255)); lst <- list(a = 1:2, b = list("x", NULL)); nul <- NULL; big <- 2^53`;
    const names = 'num int flag txt vec none mat words df fac day at raws lst nul big'.split(' ');
    expect(await values(code, ...names)).toEqual([
      0.1,
      3,
      null,
      'ü\n',
      [1.5, null, null],
      [],
      [
        [1, 3, 5],
        [2, 4, 6],
      ],
      [['a', 'b']],
      { n: [1.5], s: ['x'], ok: [null] },
      ['lo', null],
      '2024-02-29',
      '2024-02-29 13:00:00',
      '00ff',
      { a: [1, 2], b: ['x', null] },
      null,
      2 ** 53,
    ]);
  });

  it('that have no JSON form are named', async () => {
    const body = { code: 'f <- function() 1', outputParameters: ['f'] };
    const result = (await api.ask('executeCode', { params: { id }, body })).json<ExecuteResponse>();
    expect(result).toMatchObject({ success: false, errorMessage: expect.stringContaining('"function"') });
  });

  it('too large for a double are infinite', async () => {
    const body = '{"code":"cat(x)","inputParameters":[{"name":"x","value":[1e999,-1e999]}]}';
    const answer = await call('POST', `/sessions/${id}/execute`, body);
    expect(answer.json<object>()).toMatchObject({ consoleOutput: 'Inf -Inf' });
  });
});
