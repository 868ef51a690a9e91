import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExecuteResponse } from '@farside/protocol';
import { mrsdeployLibrary } from '../src/runtime/buildPackage.ts';
import { computeFiles } from '../src/compute/files.ts';
import { findR } from '../src/runtime/findR.ts';
import { newSession, signIn, type Api } from './support/api.ts';
import { startServer, temporaryDataDir, type TestServer } from './support/server.ts';

let server: TestServer;
let api: Api;
beforeAll(async () => {
  const dataDir = temporaryDataDir();
  // A server builds it beside its work; here it is to be there from the first session on.
  await mrsdeployLibrary(await findR(), { libraries: computeFiles(dataDir).libraries, site: '' });
  server = await startServer({ dataDir });
  api = await signIn(server);
});
afterAll(() => server.stop());

async function execute(id: string, code: string): Promise<ExecuteResponse> {
  const answer = await api.ask('executeCode', { params: { id }, body: { code } });
  return answer.json<ExecuteResponse>();
}

test('mrsdeploy is in every session: it signs in when it is told how, and asks nobody', async () => {
  const id = await newSession(api);
  const url = JSON.stringify(server.url);
  const given = `username = "admin", password = ${JSON.stringify(server.password)}`;
  const asked = await execute(id, `library(mrsdeploy); remoteLogin(${url}, session = FALSE)`);
  expect(asked).toMatchObject({ success: false });
  expect(asked.errorMessage).toMatch(/username/);
  const signedIn = await execute(id, `remoteLogin(${url}, session = FALSE, ${given}); listSnapshots()`);
  expect(signedIn).toMatchObject({ success: true });
  const sessions = (await api.ask('listSessions')).json<{ id: string }[]>();
  expect(sessions.map((session) => session.id)).toEqual([id]);
  expect(await execute(id, 'remoteLogout(); "out"')).toMatchObject({ success: true });
});
