import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FarsideClient, SessionLink, linkText, memoryTokenStore, type TokenStore } from '@farside/client';
import type { TokenPair } from '@farside/protocol';
import { afterAll, describe, expect, test } from 'vitest';
import { uploadFile } from '../../../client/src/transfer/upload.ts';
import { startServer } from '../support/server.ts';
import { promised } from '../support/figures.ts';
import { Freezer } from './freezer.ts';
import { Listener, openSession } from './support.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterAll(() => {
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
});

/** A server that takes connections and does what it is told with them; `answer` gets what was sent. */
async function hostile(answer: (socket: Socket, request: string) => void = () => undefined): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => answer(socket, bytes.toString('latin1')));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pair = (seconds: number): TokenPair => ({
  token_type: 'Bearer',
  access_token: 'a',
  expires_in: seconds,
  expires_on: Math.floor(Date.now() / 1000) + seconds,
  refresh_token: 'r',
});
const clientOf = (url: string, tokens: TokenStore = memoryTokenStore(pair(3600))): FarsideClient =>
  new FarsideClient({ url, tokens });

/** Answers the upgrade, then says the beginning of a message and nothing more. */
function halfMessage(socket: Socket, request: string): void {
  const key = /^sec-websocket-key: (\S+)/im.exec(request)?.[1];
  if (key === undefined) return;
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
  socket.write(Buffer.concat([Buffer.from([0x81, 100]), Buffer.from('0{"sid":"')]));
}

describe.concurrent('a server that', () => {
  test('never answers: being asked what it is ends, and says so', async () => {
    const begin = Date.now();
    await expect(clientOf(await hostile()).about()).rejects.toMatchObject({ code: 'timedOut' });
    expect(Date.now() - begin).toBeLessThan(promised(12_000));
  });

  test('never finishes TLS: the same', async () => {
    await expect(clientOf(`https://${await hostile()}`).about()).rejects.toMatchObject({ code: 'timedOut' });
  });

  test('never answers: every kind of waiting can be cancelled', async () => {
    const client = clientOf(await hostile());
    const waits = [
      (signal: AbortSignal) => client.about(signal),
      (signal: AbortSignal) => client.signIn('u', 'p', signal),
      (signal: AbortSignal) => client.call('sessions', { signal }),
      (signal: AbortSignal) =>
        uploadFile(client, { content: new Uint8Array(10), size: 10, metadata: {}, signal }),
    ];
    const begin = Date.now();
    for (const wait of waits)
      await expect(wait(AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'cancelled' });
    expect(Date.now() - begin).toBeLessThan(promised(3_000));
  });

  test('never answers: calls and uploads end by themselves', async () => {
    const client = clientOf(await hostile());
    await expect(client.call('sessions', { timeoutMs: 200 })).rejects.toMatchObject({ code: 'timedOut' });
    await expect(
      uploadFile(client, { content: new Uint8Array(10), size: 10, metadata: {}, stallMs: 300 }),
    ).rejects.toMatchObject({ code: 'timedOut' });
  });

  test('takes its time with what the system holds already: the upload is waited for', async () => {
    // 16 KB/s is waited for: 4 s for all of it, after the 2 s in which nothing may move.
    const size = 64 * 1024;
    const url = await hostile((socket, request) => {
      if (request.startsWith('POST'))
        socket.write('HTTP/1.1 201 Created\r\nlocation: /v2/uploads/x\r\ncontent-length: 0\r\n\r\n');
      if (!request.startsWith('PATCH')) return;
      const head = `HTTP/1.1 204 No Content\r\nupload-offset: ${size}\r\n\r\n`;
      setTimeout(() => socket.write(head), 3_500);
    });
    const metadata = { hash: 'known' };
    const job = { content: new Uint8Array(size), size, metadata, stallMs: 2_000, onAddress: () => undefined };
    expect(await uploadFile(clientOf(url), job)).toBe('known');
  });

  test('sends half a reply and stops: the call ends, and can be cancelled', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n[{"id":';
    const url = await hostile((socket) => socket.write(head));
    const half = clientOf(url).call('sessions', { stallMs: 200 });
    await expect(half).rejects.toMatchObject({ code: 'timedOut' });
    const cancelled = clientOf(url).call('sessions', { signal: AbortSignal.timeout(200) });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    const stream = clientOf(url).stream('sessionJournal', { params: { id: 'x' }, stallMs: 200 });
    await stream.next();
    await expect(stream.next()).rejects.toMatchObject({ code: 'timedOut' });
  });

  test.each([
    { what: 'swallows the upgrade', answer: undefined, seconds: 3600 },
    { what: 'begins a message and stops', answer: halfMessage, seconds: 3600 },
    { what: 'does not renew the sign-in', answer: undefined, seconds: 5 },
  ])(
    '$what: a link says what it waits for, and tries again',
    async ({ answer, seconds }) => {
      const url = await hostile(answer);
      const client = clientOf(url, memoryTokenStore(pair(seconds)));
      const one = new Listener(new SessionLink({ client, session: 'x' }));
      one.link.open();
      expect(linkText(one.link.status, Date.now() + 12_300)).toBe(`Connecting to ${url}… 12 s`);
      await one.status('offline');
      expect(one.link.status).toMatchObject({ reason: { code: 'timedOut' }, attempt: 1 });
      await one.status('connecting');
      one.link.close();
      expect(one.link.status.state).toBe('closed');
      client.dispose();
    },
    40_000,
  );

  test('is silent after the connection was made: the attach is tried again on a new one', async () => {
    const server = await startServer();
    const freezer = await Freezer.before(server.url);
    const client = clientOf(freezer.url, memoryTokenStore());
    await client.signIn(server.username, server.password);
    const { link } = await openSession(client);
    await client.socket();
    freezer.freeze();
    const second = new Listener(new SessionLink({ client, session: link.session }));
    second.link.open();
    await second.status('live');
    expect(second.statuses.map(({ state }) => state)).toContain('offline');
    link.close();
    second.link.close();
    client.dispose();
    await freezer.close();
    await server.stop();
  });

  test('refuses: a closed link leaves nothing behind', async () => {
    const url = await hostile((socket) => socket.destroy());
    const client = clientOf(url);
    const { link } = new Listener(new SessionLink({ client, session: 'x' }));
    const offline = new Promise((resolve) => link.onStatus((s) => s.state === 'offline' && resolve(s)));
    link.open();
    expect(await offline).toMatchObject({ reason: { code: 'unreachable' } });
    link.close();
    client.dispose();
    expect(link.status.state).toBe('closed');
  });
});
