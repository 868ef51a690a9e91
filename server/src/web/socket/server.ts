import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import {
  FarsideError,
  MAX_INPUT_BYTES,
  SOCKET_PROTOCOL,
  toErrorBody,
  type ClientToServer,
  type ServerToClient,
} from '@farside/protocol';
import type { WebDeps } from '../deps.ts';
import { asFarside } from '../http/errors.ts';
import { Connection, type ClientSocket, type SocketData } from './connection.ts';
import { bindEvents } from './events.ts';
import { familyRoom, limitToToken, userRoom } from './signIn.ts';

/** An input of the largest size, with as many JSON escapes as it has characters, fits. */
const MAX_MESSAGE_BYTES = 2 * MAX_INPUT_BYTES + 1024 * 1024;
/** Proxies cut what is silent for 60 s. */
const PING_INTERVAL_MS = 25_000;
const PING_TIMEOUT_MS = 20_000;
/** Tests of sleep do not want to wait for the intervals above: both in ms. */
const TEST_PING_MS = Number(process.env['FARSIDE_TEST_PING_MS']) || undefined;
/** A connection that does not say who it is. */
const CONNECT_TIMEOUT_MS = 10_000;

type NoEvents = Record<string, never>;
export type SocketServer = Server<ClientToServer, ServerToClient, NoEvents, SocketData>;

/** The live side of a web node. */
export function createSocketServer(deps: WebDeps): SocketServer {
  const { config, signIns } = deps;
  const io: SocketServer = new Server({
    path: `${config.basePath}/socket.io`,
    // One transport, so that no proxy needs to send a client to the same node twice.
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval: TEST_PING_MS ?? PING_INTERVAL_MS,
    pingTimeout: TEST_PING_MS ?? PING_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    cors: { origin: [...config.allowOrigin] },
  });
  io.use((socket, next) => {
    signIn(socket, deps).then(
      () => next(),
      (error: unknown) => next(handshakeError(asFarside(error, deps.log))),
    );
  });
  io.on('connection', (socket) => {
    void socket.join([userRoom(socket.data.user), familyRoom(socket.data.family)]);
    const connection = new Connection(socket, deps);
    bindEvents(connection, limitToToken(socket, deps));
  });
  signIns.onEnded((families) => {
    for (const family of families) io.in(familyRoom(family)).disconnectSockets(true);
  });
  return io;
}

/** Serves on one more HTTP server. */
export const serveSockets = (io: SocketServer, server: HttpServer): void => void io.attach(server);

async function signIn(socket: ClientSocket, { identities }: WebDeps): Promise<void> {
  const { token, protocol } = socket.handshake.auth as { token?: unknown; protocol?: unknown };
  if (protocol !== SOCKET_PROTOCOL)
    throw new FarsideError('badRequest', {
      reason: `this server speaks protocol ${SOCKET_PROTOCOL}; update the client`,
    });
  if (typeof token !== 'string') throw new FarsideError('notSignedIn');
  const { user, family, expires } = await identities.verify(token);
  Object.assign(socket.data, { user, family, expires } satisfies SocketData);
}

/** Socket.IO passes `data` on to the client's `connect_error`. */
function handshakeError(error: FarsideError): Error {
  return Object.assign(new Error(error.message), { data: toErrorBody(error) });
}
