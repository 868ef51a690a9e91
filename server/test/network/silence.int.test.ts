import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { FarsideClient, SessionLink, memoryTokenStore } from '@farside/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productRoot } from '../../src/runtime/productRoot.ts';
import { Listener, openSession, signedIn } from '../client/support.ts';
import { signIn } from '../support/api.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { promised } from '../support/figures.ts';
import { TcpProxy } from './proxy.ts';

let server: TestServer;
/** Accepts, and never answers. */
let silent: TcpProxy;
beforeAll(async () => {
  server = await startServer();
  silent = await TcpProxy.before({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  silent.mute(true);
});
afterAll(async () => {
  await silent.close();
  await server.stop();
});

const client = (): FarsideClient => new FarsideClient({ url: silent.url, tokens: memoryTokenStore() });
const aborted = (): AbortSignal => AbortSignal.timeout(200);

test('every REST call ends by itself with a clear error, or when it is cancelled', async () => {
  const one = new FarsideClient({
    url: silent.url,
    tokens: memoryTokenStore((await signIn(server)).tokens),
  });
  await expect(one.call('sessions', { timeoutMs: 300 })).rejects.toMatchObject({ code: 'timedOut' });
  await expect(one.call('sessions', { signal: aborted() })).rejects.toMatchObject({ code: 'cancelled' });
  await expect(one.about(aborted())).rejects.toMatchObject({ code: 'cancelled' });
  await expect(one.signIn('a', 'b', aborted())).rejects.toMatchObject({ code: 'cancelled' });
  one.dispose();
});

test('the first look at a server takes ten seconds at most', async () => {
  const start = performance.now();
  await expect(client().about()).rejects.toMatchObject({ code: 'timedOut', retryable: true });
  expect(performance.now() - start).toBeLessThan(promised(15_000));
});

test('a console that waits for its connection says so, and can be closed at once', async () => {
  const good = await signedIn(server);
  const { id } = await good.call('startSession', { body: {} });
  const tokens = memoryTokenStore((await signIn(server)).tokens);
  const one = new FarsideClient({ url: silent.url, tokens });
  const waiting = new Listener(new SessionLink({ client: one, session: id }));
  waiting.link.open();
  await waiting.status('connecting');
  const closed = new Listener(new SessionLink({ client: one, session: id }));
  closed.link.open();
  closed.link.close();
  expect(closed.link.status).toEqual({ state: 'closed' });
  // It gives up a try in bounded time, says why, and goes on trying by itself.
  await waiting.status('offline');
  expect(waiting.link.status).toMatchObject({ reason: { retryable: true } });
  waiting.link.close();
  expect(waiting.link.status.state).toBe('closed');
  one.dispose();
  good.dispose();
});

test('a server that falls silent under way is noticed, and nothing is lost when it speaks again', async () => {
  const line = await TcpProxy.before({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  const one = await signedIn({ ...server, url: line.url });
  const session = await openSession(one);
  line.stall();
  line.mute(true);
  session.link.input('cat("sent into silence\\n")');
  // The editor is told that the network changed: it asks, gets no answer, and connects anew.
  session.link.wake();
  await session.until(() => session.link.status.state !== 'live');
  expect(session.link.unaccepted).toBe(1);
  line.cut();
  line.mute(false);
  line.resume();
  session.link.retryNow();
  await session.until(() => session.output.includes('silence'));
  expect(session.output).toBe('sent into silence\n');
  session.link.close();
  one.dispose();
  await line.close();
});

test.each([
  ['console', []],
  ['run', [`${productRoot()}/server/test/cli/scripts/basics.R`, '--url']],
])('farside %s ends in bounded time, with one line, and at once by SIGINT', async (command, first) => {
  const args = [command, ...first, silent.url];
  const [byItself, stopped] = [farside(args), farside(args)];
  await stopped.started;
  const start = performance.now();
  stopped.child.kill('SIGINT');
  await stopped.exited;
  expect(performance.now() - start).toBeLessThan(promised(3_000));
  const { status, stderr } = await byItself.exited;
  expect(status).toBe(1);
  expect(stderr).toMatch(/^farside: .+\n$/);
});

test('a server told to stop does not wait for a client in the middle of its handshake', async () => {
  const other = await startServer();
  const { hostname, port } = new URL(other.url);
  const half = connect(Number(port), hostname).on('error', () => undefined);
  half.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\n` +
      `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${btoa('sixteen letters.')}\r\n\r\n`,
  );
  await once(half, 'data');
  const start = performance.now();
  await other.endWebNode('SIGTERM');
  expect(performance.now() - start).toBeLessThan(promised(5_000));
  half.destroy();
  await other.stop();
});

function farside(args: readonly string[]) {
  const main = `${productRoot()}/server/src/main.ts`;
  const env = { ...process.env, FARSIDE_USER: 'admin', FARSIDE_PASSWORD: 'x' };
  const child = spawn(process.execPath, [main, ...args], { stdio: 'pipe', env });
  child.stdin.end();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const before = silent.accepted;
  const started = (async () => {
    while (silent.accepted <= before + 1) await new Promise((resolve) => setTimeout(resolve, 10));
  })();
  const exited = once(child, 'close').then(([status]) => ({ status: status as number | null, stderr }));
  return { child, started, exited };
}
