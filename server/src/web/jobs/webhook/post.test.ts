import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { post, type PostOptions, type Resolve } from './post.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

async function listen(
  answer: RequestListener,
): Promise<{ port: number; requests: IncomingMessage[]; bodies: string[] }> {
  const requests: IncomingMessage[] = [];
  const bodies: string[] = [];
  const server = createServer((req, res) => {
    requests.push(req);
    let body = '';
    req.setEncoding('utf8').on('data', (text: string) => (body += text));
    req.on('end', () => {
      bodies.push(body);
      answer(req, res);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, requests, bodies };
}

const status =
  (code: number, headers = {}): RequestListener =>
  (_req, res) =>
    void res.writeHead(code, headers).end();
const to =
  (...addresses: string[]): Resolve =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
const send = (url: string, more: Partial<PostOptions> = {}) =>
  post(new URL(url), '{"id":"1"}', {
    key: 'secret',
    internal: true,
    signal: new AbortController().signal,
    ...more,
  });

it('sends a signed message', async () => {
  const { port, requests, bodies } = await listen(status(204));
  expect(await send(`http://127.0.0.1:${port}/hook?a=1`)).toEqual({ state: 'delivered' });
  expect(bodies).toEqual(['{"id":"1"}']);
  const [request] = requests;
  expect(request?.method).toBe('POST');
  expect(request?.url).toBe('/hook?a=1');
  const hex = createHmac('sha256', 'secret').update('{"id":"1"}').digest('hex');
  expect(request?.headers['farside-signature']).toBe(`sha256=${hex}`);
});

it('follows no redirect', async () => {
  const target = await listen(status(200));
  const { port } = await listen(status(307, { location: `http://127.0.0.1:${target.port}/` }));
  expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ state: 'refused' });
  expect(target.requests).toHaveLength(0);
});

it('tries again what may be better later, and only that', async () => {
  for (const [code, state] of [
    [500, 'failed'],
    [503, 'failed'],
    [429, 'failed'],
    [404, 'refused'],
    [401, 'refused'],
  ] as const) {
    const { port } = await listen(status(code));
    expect(await send(`http://127.0.0.1:${port}/`), String(code)).toMatchObject({ state });
  }
});

it('connects to no name that leads inside, even when one of its addresses is public', async () => {
  const { port, requests } = await listen(status(200));
  for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:127.0.0.1'], ['::1']])
    expect(
      await send(`http://hooks.example.org:${port}/`, { internal: false, resolve: to(...addresses) }),
    ).toEqual({ state: 'refused', reason: 'its host leads to an internal address' });
  expect(requests).toHaveLength(0);
  const allowed = await send(`http://hooks.example.org:${port}/`, { resolve: to('127.0.0.1') });
  expect(allowed).toEqual({ state: 'delivered' });
});

it('resolves the name once: what was checked is what is connected to', async () => {
  const { port, requests } = await listen(status(200));
  let asked = 0;
  const rebinding: Resolve = (name, options, callback) =>
    to(asked++ === 0 ? '192.0.2.1' : '127.0.0.1')(name, options, callback);
  // 192.0.2.1 is for documents and answers nobody; it is internal here, so nothing is sent anywhere.
  const posted = await send(`http://hooks.example.org:${port}/`, { internal: false, resolve: rebinding });
  expect(posted.state).toBe('refused');
  expect(asked).toBe(1);
  expect(requests).toHaveLength(0);
});

it('gives up on a server that never answers', async () => {
  const { port } = await listen(() => undefined);
  expect(await send(`http://127.0.0.1:${port}/`, { limitMs: 50 })).toEqual({
    state: 'failed',
    reason: 'it did not answer in time',
  });
});

it('does not read an answer without end', async () => {
  const { port } = await listen((_req, res) => {
    res.writeHead(200);
    res.write('x');
  });
  expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ state: 'delivered' });
});

it('says why nobody could be reached', async () => {
  const { port } = await listen(status(200));
  cleanups.splice(0).forEach((clean) => clean());
  expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ state: 'failed' });
});
