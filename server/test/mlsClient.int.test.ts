import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import SwaggerClient from 'swagger-client';
import { startServer, type TestServer } from './support/server.ts';

/**
 * A client made from the description of Machine Learning Server 9.3, unchanged: it knows the operations by the
 * original's ids and nothing of this server.
 */
interface MlsClient {
  call<T = unknown>(
    operationId: string,
    parameters?: Record<string, unknown>,
  ): Promise<{ status: number; body: T }>;
  bytes(operationId: string, parameters: Record<string, unknown>): Promise<Uint8Array<ArrayBuffer>>;
  text(operationId: string, parameters: Record<string, unknown>): Promise<string>;
}
interface Execution {
  success: boolean;
  errorMessage: string;
  outputParameters: { name: string; value: unknown }[];
  consoleOutput: string;
  changedFiles: string[];
}

async function generate(url: string, token?: string): Promise<MlsClient> {
  const path = join(import.meta.dirname, 'fixtures', 'mls-9.3.json');
  const spec = { ...(JSON.parse(readFileSync(path, 'utf8')) as object), host: new URL(url).host };
  const client = await SwaggerClient({
    spec,
    requestInterceptor: (request) => {
      if (token) request.headers['Authorization'] = `Bearer ${token}`;
      return request;
    },
  });
  expect(client.errors).toEqual([]);
  const execute = (operationId: string, parameters: Record<string, unknown> = {}) =>
    client.execute({ operationId, parameters });
  const bytes = async (operationId: string, parameters: Record<string, unknown>) =>
    new Uint8Array(await ((await execute(operationId, parameters)).data as Blob).arrayBuffer());
  return {
    call: async <T>(operationId: string, parameters?: Record<string, unknown>) => {
      const { status, body } = await execute(operationId, parameters);
      return { status, body: body as T };
    },
    bytes,
    text: async (operationId, parameters) => new TextDecoder().decode(await bytes(operationId, parameters)),
  };
}

let server: TestServer;
let mls: MlsClient;
let id: string;
beforeAll(async () => {
  server = await startServer();
  const anonymous = await generate(server.url);
  const loginRequest = { username: server.username, password: server.password };
  const { body } = await anonymous.call<{ access_token: string; expires_on: unknown }>('login', {
    loginRequest,
  });
  mls = await generate(server.url, body.access_token);
});
afterAll(() => server.stop());

const execute = async (executeRequest: object, session = id) =>
  (await mls.call<Execution>('executeCode', { id: session, executeRequest })).body;
const failure = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable(),
    (error: { status: number; response: { body: unknown } }) => ({
      status: error.status,
      body: error.response.body,
    }),
  );

describe('a client generated from the description of 9.3', () => {
  it('is told that the server passes', async () => {
    const { body } = await mls.call<{ statusCode: string; components: object }>('status');
    expect(body).toMatchObject({
      statusCode: 'pass',
      components: {
        backends: { components: { local: { details: { rCanOpenShell: 'True', rActiveShellCount: 0 } } } },
        authentication: { statusCode: 'pass' },
        database: { details: { type: 'sqlite' } },
      },
    });
  });

  it('creates and lists sessions', async () => {
    const created = await mls.call<{ sessionId: string }>('createSession', {
      createSessionRequest: { name: 'Session 1', runtimeType: 'R', snapshotId: null },
    });
    expect(created.status).toBe(201);
    id = created.body.sessionId;
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const { body } = await mls.call('listSessions');
    expect(body).toEqual([{ id, name: 'Session 1', owner: 'admin', runtimeType: 'R' }]);
  });

  it('executes with inputs and outputs, and reads console and history', async () => {
    const model = 'carsModel <- glm(am ~ hp + wt, data = mtcars, family = binomial)';
    expect(await execute({ code: model })).toEqual({
      success: true,
      errorMessage: '',
      outputParameters: [],
      consoleOutput: '',
      changedFiles: [],
    });
    const code =
      'answer <- predict(carsModel, data.frame(hp = hp, wt = wt), type = "response")\nprint(2 + 3)';
    const result = await execute({
      code,
      inputParameters: [
        { name: 'hp', value: 120 },
        { name: 'wt', value: 2.8 },
      ],
      outputParameters: ['answer', 'hp'],
    });
    expect(result).toMatchObject({ success: true, consoleOutput: '[1] 5\n' });
    expect(result.outputParameters).toEqual([
      { name: 'answer', value: expect.closeTo(0.6418125, 6) },
      { name: 'hp', value: 120 },
    ]);
    expect((await mls.call('getSessionConsoleOutput', { id })).body).toEqual({ consoleOutput: '[1] 5\n' });
    expect((await mls.call('listSessionHistory', { id })).body).toEqual([model, code]);
  });

  it('sends, lists, fetches and deletes files', async () => {
    const file = new File(['a,b\n1,2\n'], 'scores.csv');
    expect((await mls.call('uploadSessionFile', { id, file })).status).toBe(201);
    const { changedFiles } = await execute({
      code: 'write.csv(read.csv("scores.csv") * 2, "twice.csv", row.names = FALSE)',
    });
    expect(changedFiles).toEqual(['twice.csv']);
    expect((await mls.call('listSessionFiles', { id })).body).toEqual(['scores.csv', 'twice.csv']);
    expect(await mls.text('getSessionFile', { id, fileName: 'twice.csv' })).toBe('"a","b"\n2,4\n');
    expect((await mls.call('deleteSessionFile', { id, fileName: 'twice.csv' })).status).toBe(200);
    expect((await mls.call('listSessionFiles', { id })).body).toEqual(['scores.csv']);
  });

  it('lists, fetches, sends and deletes objects', async () => {
    await execute({ code: 'x <- list(a = 1:3, b = "ü")' });
    expect((await mls.call('listWorkspaceObjects', { id })).body).toEqual(
      expect.arrayContaining(['carsModel', 'x']),
    );
    const serializedObject = await mls.bytes('getWorkspaceObject', { id, objectName: 'x' });
    const put = { id, objectName: 'y', serializedObject: new Blob([serializedObject]) };
    expect((await mls.call('setWorkspaceObject', put)).status).toBe(200);
    expect(await execute({ code: 'cat(identical(x, y))' })).toMatchObject({ consoleOutput: 'TRUE' });
    expect((await mls.call('deleteWorkspaceObject', { id, objectName: 'y' })).status).toBe(200);
    expect(await failure(mls.call('deleteWorkspaceObject', { id, objectName: 'y' }))).toMatchObject({
      status: 404,
    });
  });

  it('makes a snapshot, loads it into another session, fetches and deletes it', async () => {
    const made = await mls.call<{ snapshotId: string }>('CreateSnapshot', {
      id,
      createSnapshotRequest: { name: 'cars' },
    });
    expect(made.status).toBe(201);
    const { snapshotId } = made.body;
    const listed = (await mls.call<{ creationTime: string }[]>('ListSnapshots')).body;
    expect(listed).toEqual([
      {
        id: snapshotId,
        name: 'cars',
        owner: 'admin',
        creationTime: expect.any(String),
        contentSize: expect.any(Number),
      },
    ]);
    expect(listed[0]?.creationTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/);
    const from = { createSessionRequest: { snapshotId } };
    const second = (await mls.call<{ sessionId: string }>('createSession', from)).body.sessionId;
    const code = 'cat(class(carsModel)[1], file.exists("scores.csv"))';
    expect(await execute({ code }, second)).toMatchObject({ consoleOutput: 'glm TRUE' });
    await execute({ code: 'x <- 0' });
    expect((await mls.call('LoadSnapshot', { id, snapshotId })).status).toBe(200);
    expect(await execute({ code: 'cat(x$b)' })).toMatchObject({ consoleOutput: 'ü' });
    const zip = await mls.bytes('GetSnapshotContent', { id: snapshotId });
    expect(new TextDecoder().decode(zip.subarray(0, 2))).toBe('PK');
    expect((await mls.call('DeleteSnapshot', { id: snapshotId })).status).toBe(200);
    expect(await failure(mls.call('GetSnapshotContent', { id: snapshotId }))).toMatchObject({ status: 404 });
    await mls.call('closeSessionByForce', { id: second });
  });

  it('cancels and closes', async () => {
    const running = execute({ code: 'cat("begun\\n")\nrepeat Sys.sleep(0.01)' });
    const output = async () =>
      (await mls.call<{ consoleOutput: string }>('getSessionConsoleOutput', { id })).body.consoleOutput;
    // What the running code has printed is told while it runs.
    while (!(await output()).includes('begun'));
    expect((await mls.call('cancelSession', { id })).status).toBe(200);
    expect(await running).toMatchObject({ success: false });
    expect((await mls.call('closeSession', { id })).status).toBe(200);
    expect(await failure(mls.call('listWorkspaceObjects', { id }))).toMatchObject({ status: 410 });
    expect((await mls.call('listSessions')).body).toEqual([]);
  });

  it('renews and revokes its sign-in', async () => {
    const loginRequest = { username: server.username, password: server.password };
    const anonymous = await generate(server.url);
    const first = (await anonymous.call<{ refresh_token: string }>('login', { loginRequest })).body;
    const renewTokenRequest = { refreshToken: first.refresh_token };
    const { body } = await anonymous.call<{ access_token: string; refresh_token: string }>('renewToken', {
      renewTokenRequest,
    });
    const renewed = await generate(server.url, body.access_token);
    expect((await renewed.call('listSessions')).status).toBe(200);
    await anonymous.call('revokeRefreshToken', { refreshToken: body.refresh_token });
    expect(await failure(renewed.call('listSessions'))).toMatchObject({
      status: 401,
      body: { message: expect.any(String), link: expect.any(String), exceptionType: 'notSignedIn' },
    });
  });
});
