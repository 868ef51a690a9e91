import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FarsideClient, memoryTokenStore } from '@farside/client';
import type { TokenPair } from '@farside/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => void (server = await startServer()));
afterAll(() => server.stop());

const clientOf = (url: string, tokens = memoryTokenStore()): FarsideClient =>
  new FarsideClient({ url, tokens });

async function other(reply: (path: string) => [number, string, string]): Promise<[Server, string]> {
  const http = createServer((req, res) => {
    const [status, type, body] = reply(req.url ?? '');
    res.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  return [http, `http://127.0.0.1:${(http.address() as AddressInfo).port}`];
}

test('a Farside server says what it is', async () => {
  expect(await clientOf(server.url).about()).toMatchObject({ product: 'farside' });
});

test.each([
  ['a page', 200, 'text/html', '<html>'],
  ['other JSON', 200, 'application/json', '{"product":"rserve"}'],
  ['not found', 404, 'text/html', 'nothing here'],
])('another server is told apart by %s', async (_what, status, type, body) => {
  const [http, url] = await other(() => [status, type, body]);
  await expect(clientOf(url).about()).rejects.toMatchObject({ code: 'notFarside' });
  http.close();
});

test('a proxy whose server is down is not reached', async () => {
  const [http, url] = await other(() => [502, 'text/html', 'Bad Gateway']);
  await expect(clientOf(url).about()).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  http.close();
  await expect(clientOf(url).about()).rejects.toMatchObject({ code: 'unreachable' });
});

test('a wrong password is said to be wrong, and without sign-in nothing goes', async () => {
  const client = clientOf(server.url);
  await expect(client.signIn('admin', 'not it')).rejects.toMatchObject({ code: 'wrongCredentials' });
  await expect(client.call('sessions')).rejects.toMatchObject({ code: 'notSignedIn' });
});

test('a cancelled call ends at once', async () => {
  const client = clientOf(server.url);
  await client.signIn(server.username, server.password);
  await expect(client.call('sessions', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'cancelled',
  });
});

test('a token that is refused is renewed once, by one of the windows that share it', async () => {
  const tokens = memoryTokenStore();
  await clientOf(server.url, tokens).signIn(server.username, server.password);
  const first = (await tokens.load()) as TokenPair;
  await tokens.save({ ...first, access_token: `${first.access_token.slice(0, -4)}xxxx` });
  let saves = 0;
  const counting = { ...tokens, save: (pair: TokenPair) => (saves++, tokens.save(pair)) };
  const windows = Array.from({ length: 5 }, () => clientOf(server.url, counting));
  await Promise.all(windows.map((window) => window.call('sessions')));
  expect(saves).toBe(1);
});

test('a token about to end is renewed before it is used', async () => {
  const tokens = memoryTokenStore();
  await clientOf(server.url, tokens).signIn(server.username, server.password);
  const first = (await tokens.load()) as TokenPair;
  await tokens.save({ ...first, expires_on: Math.floor(Date.now() / 1000) + 5 });
  await clientOf(server.url, tokens).call('sessions');
  expect((await tokens.load())?.refresh_token).not.toBe(first.refresh_token);
});

test('an ended sign-in is told, and the tokens are forgotten', async () => {
  const tokens = memoryTokenStore();
  const client = clientOf(server.url, tokens);
  await client.signIn(server.username, server.password);
  const pair = (await tokens.load()) as TokenPair;
  let told = 0;
  client.onSignedOut(() => told++);
  await tokens.save({ ...pair, access_token: 'old', refresh_token: 'unknown' });
  await expect(client.call('sessions')).rejects.toMatchObject({ code: 'notSignedIn' });
  expect(told).toBe(1);
  expect(await tokens.load()).toBeUndefined();
});

test('signing out ends the sign-in on the server', async () => {
  const tokens = memoryTokenStore();
  const client = clientOf(server.url, tokens);
  await client.signIn(server.username, server.password);
  const pair = (await tokens.load()) as TokenPair;
  await client.signOut();
  await expect(
    clientOf(server.url, memoryTokenStore(pair)).call('renewToken', {
      body: { refreshToken: pair.refresh_token },
    }),
  ).rejects.toMatchObject({ status: 401 });
});
