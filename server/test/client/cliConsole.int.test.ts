import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { memoryTokenStore, FarsideClient } from '@farside/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFarside, startServer, type TestServer } from '../support/server.ts';
import { openSession, signedIn } from './support.ts';

/** Between two looks at what the other program has reached. */
const LOOK_MS = 50;
const SLOW_LINES = 'for (i in 1:30) { cat("line", i, "\\n"); Sys.sleep(0.1) }\n';

let server: TestServer;
let client: FarsideClient;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  server = await startServer();
  client = await signedIn(server);
  env = {
    FARSIDE_URL: server.url,
    FARSIDE_USER: server.username,
    FARSIDE_PASSWORD: server.password,
    XDG_CONFIG_HOME: join(server.dataDir, 'no-config'),
  };
});
afterAll(async () => {
  client.dispose();
  await server.stop();
});

/** All sign-ins end, as they do when a password is set. */
async function endSignIns(): Promise<void> {
  const body = { password: server.password };
  await client.call('setPassword', { params: { name: server.username }, body });
  await client.signIn(server.username, server.password);
}

/** R works on what the program started just now has sent. */
async function busy(): Promise<void> {
  while (!(await client.call('sessions')).some(({ state }) => state.state === 'busy')) await delay(LOOK_MS);
}

test('console --read-only shows a session named by its name and sends nothing', async () => {
  const one = await openSession(client);
  const params = { id: one.link.session };
  await client.call('renameSession', { params, body: { name: 'watched' } });
  const watching = runFarside(['console', '--session', 'watched', '--read-only'], {
    env,
    input: 'cat("typed\\n")\n',
  });
  one.link.input('cat("shown\\n")');
  await one.until(() => one.output.includes('shown'));
  await client.call('endSession', { params, body: {} });
  const { status, stdout, stderr } = await watching;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('REMOTE> cat("shown\\n")\nshown\n');
  expect(stdout).not.toContain('typed');
  const refused = await runFarside(['console', '--read-only'], { env });
  expect(refused.stderr).toMatch(/name the session to be read with --session/);
});

test('a sign-in that ends under way is renewed with the password, and nothing is missing', async () => {
  const running = runFarside(['console', '--no-echo'], { env, input: SLOW_LINES });
  await busy();
  await endSignIns();
  const { status, stdout, stderr } = await running;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.split('\n').filter((line) => /line \d+ $/.test(line));
  expect(lines.map((line) => Number(/\d+/.exec(line)?.[0]))).toEqual(
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
});

test('where nobody can sign in again, that is said, and the session goes on', async () => {
  const tokens = memoryTokenStore();
  const own = new FarsideClient({ url: server.url, tokens });
  await own.signIn(server.username, server.password);
  const { FARSIDE_PASSWORD: _password, ...without } = env;
  const token = (await tokens.load())?.access_token ?? '';
  const running = runFarside(['console'], {
    env: { ...without, FARSIDE_TOKEN: token },
    input: SLOW_LINES,
  });
  await busy();
  await endSignIns();
  expect(await running).toMatchObject({ status: 1, stderr: expect.stringMatching(/You are not signed in/) });
  expect((await client.call('sessions')).some(({ state }) => state.state === 'busy')).toBe(true);
  own.dispose();
});
