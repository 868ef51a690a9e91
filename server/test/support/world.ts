import type { SessionInfo } from '@farside/protocol';
import { newSession, signIn, type Api } from './api.ts';
import { startServer, type TestServer } from './server.ts';

/** A server without isolation, and a session of its administrator with its working directory. */
export async function serverWithSession(): Promise<{
  server: TestServer;
  api: Api;
  id: string;
  workdir: string;
}> {
  const server = await startServer({ args: ['--isolation=none'] });
  const api = await signIn(server);
  const id = await newSession(api);
  const { workdir } = (await api.ask('session', { params: { id } })).json<SessionInfo>();
  return { server, api, id, workdir };
}
