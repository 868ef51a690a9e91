import { timingSafeEqual } from 'node:crypto';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { FarsideError, toErrorBody } from '@farside/protocol';
import type { Logger } from 'pino';
import { z } from 'zod';
import { ATTACH_UPGRADE, HEAD_HEADER } from './api.ts';
import { serveAttach } from './http/attach.ts';
import { asFarside, parseWith, sendError } from './http/reply.ts';
import { findRoute, type Route } from './http/router.ts';
import type { SessionRegistry } from './sessions/registry.ts';

const Cursor = z.coerce.number().int().nonnegative();
const Tail = z.coerce.number().int().positive().optional();
const ATTACH_PATH = /^\/sessions\/([^/]+)\/attach$/;

export interface ComputeServerDeps {
  readonly sessions: SessionRegistry;
  readonly routes: readonly Route[];
  readonly secret: string;
  readonly log: Logger;
}

/** The compute node's HTTP server: routes behind the secret, and the attach streams. */
export function createComputeServer(deps: ComputeServerDeps): Server {
  const server = createServer((request, response) => {
    answer(deps, request, response).catch((error: unknown) => sendError(response, error, deps.log));
  });
  // Creating a session and ending one may take their time; the socket is this user's only.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => {});
    if (head.length > 0) socket.unshift(head);
    attach(deps, request, socket).catch((error: unknown) => refuse(socket, asFarside(error, deps.log)));
  });
  return server;
}

async function answer(
  deps: ComputeServerDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  authorize(deps, request);
  const url = urlOf(request);
  const { route, params } = findRoute(deps.routes, request.method ?? '', url.pathname);
  await route.handle({ request, response, params, query: url.searchParams });
}

async function attach(deps: ComputeServerDeps, request: IncomingMessage, socket: Socket): Promise<void> {
  authorize(deps, request);
  const url = urlOf(request);
  const id = ATTACH_PATH.exec(url.pathname)?.[1];
  if (!id || request.headers.upgrade !== ATTACH_UPGRADE)
    throw new FarsideError('notFound', { what: url.pathname });
  const session = deps.sessions.get(decodeURIComponent(id));
  const cursor = parseWith(Cursor, () => url.searchParams.get('cursor') ?? 0);
  const tail = parseWith(Tail, () => url.searchParams.get('tail') ?? undefined);
  const head = await session.head();
  // A reader that has more than there is would ask the worker for ever.
  if (cursor > head)
    throw new FarsideError('badRequest', { reason: `the journal ends at ${head}, not at ${cursor}` });
  if (socket.destroyed) return;
  const leave = session.admit(() => socket.destroy());
  socket.once('close', leave);
  const headers = ['Connection: Upgrade', `Upgrade: ${ATTACH_UPGRADE}`, `${HEAD_HEADER}: ${head}`];
  socket.write(['HTTP/1.1 101 Switching Protocols', ...headers, '', ''].join('\r\n'));
  socket.setNoDelay(true);
  await serveAttach(session, socket, { cursor, tail }, deps.log);
}

function refuse(socket: Socket, error: FarsideError): void {
  if (socket.destroyed) return;
  const body = JSON.stringify(toErrorBody(error));
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  const status = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}`;
  socket.end([status, 'Content-Type: application/json', length, 'Connection: close', '', body].join('\r\n'));
}

function authorize(deps: ComputeServerDeps, request: IncomingMessage): void {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${deps.secret}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new FarsideError('notSignedIn');
}

const urlOf = (request: IncomingMessage): URL => new URL(request.url ?? '/', 'http://compute');
