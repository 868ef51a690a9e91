import { request, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Handover, Refused, type Answer, type Handlers } from './handover.ts';

let handover: Handover;
let port: number;
let seen: unknown[];

beforeEach(async () => {
  seen = [];
  const take = (body: unknown): Promise<Answer> => {
    seen.push(body);
    return Promise.resolve({ status: 200 });
  };
  const handlers: Handlers = {
    '/password': () => Promise.resolve({ status: 204 }),
    '/session': take,
    '/tokens': () => Promise.resolve({ status: 200, body: { access_token: 'a' } }),
    '/pause': take,
    '/resume': () => Promise.reject(new Refused(409, 'no session')),
    '/logout': () => Promise.reject(new Error('a fault')),
    '/job': take,
    '/browse': take,
  };
  handover = new Handover(() => handlers);
  const env = await handover.start();
  expect(env['FARSIDE_EDITOR_TOKEN']).toMatch(/^[0-9a-f]{64}$/);
  port = Number(new URL(env['FARSIDE_EDITOR'] ?? '').port);
});
afterEach(() => handover.dispose());

interface Reply {
  readonly status: number;
  readonly text: string;
}
const ask = (
  path: string,
  body: string,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const all = { Authorization: `Bearer ${handover.token}`, ...headers };
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: all },
      (reply: IncomingMessage) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }));
      },
    );
    sent.once('error', reject).end(body);
  });

test('R that knows the token is heard; an empty list of R is no fields', async () => {
  expect(await ask('/pause', '[]')).toEqual({ status: 200, text: '{}' });
  expect(await ask('/tokens', '{"refused":"x"}')).toEqual({ status: 200, text: '{"access_token":"a"}' });
  expect((await ask('/password', '{"endpoint":"http://h"}')).status).toBe(204);
  expect(seen).toEqual([{}]);
});

test.each<[string, Record<string, string>, number]>([
  ['no token', { Authorization: '' }, 401],
  ['another token', { Authorization: `Bearer ${'0'.repeat(64)}` }, 401],
  ['a part of it', { Authorization: 'Bearer 0' }, 401],
  ['another host, as a page with a name that leads here would have', { Host: 'evil.example' }, 403],
  ['localhost', { Host: 'localhost' }, 403],
  ['a page of a browser', { Origin: 'http://127.0.0.1' }, 403],
])('nobody else is heard: %s', async (_what, headers, status) => {
  expect((await ask('/pause', '{}', headers)).status).toBe(status);
  expect(seen).toEqual([]);
});

test('what is wrong is said, and does no harm', async () => {
  expect((await ask('/pause', '{}', {}, 'GET')).status).toBe(400);
  expect((await ask('/pause', '{"')).status).toBe(400);
  expect((await ask('/session', '{"endpoint":1}')).status).toBe(400);
  expect((await ask('/__proto__', '{}')).status).toBe(404);
  expect(await ask('/resume', '{}')).toEqual({ status: 409, text: '{"message":"no session"}' });
  expect((await ask('/logout', '{}')).status).toBe(409);
  const long = await ask('/pause', 'x'.repeat(600_000)).catch(() => ({ status: 413 }));
  expect(long.status).toBe(413);
  expect((await ask('/pause', '{}')).status).toBe(200);
});
