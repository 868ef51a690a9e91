import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { DefaultHttpStack } from 'tus-js-client';
import { afterEach, expect, test } from 'vitest';
import { pieceStack, type Piece } from '../../src/transfer/pieceStack.ts';

const PART = 256 * 1024;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

/** `count` different parts out of two buffers; `left` when nobody wants the rest. */
function piece(count: number): Piece & { readonly hash: string; asked: number; isLeft: boolean } {
  const content = randomBytes(PART * count);
  const memory = [Buffer.alloc(PART), Buffer.alloc(PART)] as const;
  return {
    size: content.length,
    hash: createHash('sha256').update(content).digest('hex'),
    asked: 0,
    isLeft: false,
    async *parts() {
      try {
        for (let at = 0; at < count; at++) {
          this.asked++;
          const part = memory[at % 2 ? 1 : 0];
          content.copy(part, 0, at * PART);
          yield await Promise.resolve(part);
        }
      } finally {
        this.isLeft = true;
      }
    },
  };
}

const send = async (url: string, body: Piece, progress?: (sent: number) => void) => {
  const request = pieceStack(new DefaultHttpStack({})).createRequest('PATCH', url);
  request.setHeader('X-Kind', 'piece');
  if (progress) request.setProgressHandler(progress);
  return { request, answer: request.send(body) };
};

test('parts out of two buffers arrive as they were, also when the server is slow to read', async () => {
  const url = await listen((req, res) => {
    const hash = createHash('sha256');
    void (async () => {
      for await (const chunk of req) {
        hash.update(chunk as Buffer);
        await new Promise((resolve) => setImmediate(resolve));
      }
      res.setHeader('X-Size', req.headers['content-length'] ?? '');
      res.setHeader('X-Kind', req.headers['x-kind'] ?? '');
      res.end(hash.digest('hex'));
    })();
  });
  const body = piece(64);
  const told: number[] = [];
  const { answer } = await send(url, body, (sent) => told.push(sent));
  const got = await answer;
  expect(got.getBody()).toBe(body.hash);
  expect(got.getStatus()).toBe(200);
  expect(got.getHeader('X-Size')).toBe(String(body.size));
  expect(got.getHeader('x-kind')).toBe('piece');
  expect(told[0]).toBe(PART);
  expect(told.every((sent, i) => i === 0 || sent > (told[i - 1] ?? 0))).toBe(true);
});

test('an answer that comes first ends the sending', async () => {
  const url = await listen((_req, res) => void res.writeHead(413).end('too large'));
  const body = piece(400);
  const { answer } = await send(url, body);
  const got = await answer;
  expect([got.getStatus(), got.getBody()]).toEqual([413, 'too large']);
  await expect.poll(() => body.isLeft).toBe(true);
  expect(body.asked).toBeLessThan(400);
});

test('a connection that ends and a request that is given up are errors, and the file is left alone', async () => {
  const url = await listen((req) => void req.once('data', () => req.socket.destroy()));
  const cut = piece(400);
  await expect((await send(url, cut)).answer).rejects.toThrow();
  await expect.poll(() => cut.isLeft).toBe(true);
  const silent = await listen((req) => void req.pause());
  const body = piece(400);
  const { request, answer } = await send(silent, body);
  const failed = expect(answer).rejects.toThrow();
  await request.abort();
  await failed;
});

test('what breaks while it is read is the error', async () => {
  const url = await listen((req) => void req.resume());
  const broken: Piece = {
    size: 10,
    async *parts() {
      yield await Promise.resolve(Buffer.alloc(5));
      throw new Error('the disk is gone');
    },
  };
  await expect((await send(url, broken)).answer).rejects.toThrow('the disk is gone');
});

test('everything else goes by the stack of the library', async () => {
  const url = await listen((req, res) => void req.resume().on('end', () => res.end(req.method)));
  const request = pieceStack(new DefaultHttpStack({})).createRequest('HEAD', url);
  expect((await request.send(null)).getStatus()).toBe(200);
});
