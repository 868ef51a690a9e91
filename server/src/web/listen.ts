import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { FarsideError } from '@farside/protocol';
import type { ServeConfig } from '../config.ts';
import { errnoOf } from '../files/root.ts';
import { socketPath } from '../runtime/socketPath.ts';
import { LOCAL_SOCKET } from './dataFiles.ts';

/** Execution of code and uploads hold a request open; the headers must come soon. */
const HEADERS_TIMEOUT_MS = 30_000;
/** Longer than the idle cut of usual proxies, so that the proxy closes first and no request is lost. */
const KEEP_ALIVE_MS = 75_000;

/** The server for people: HTTP, or HTTPS with certificate files. Throws `portTaken`. */
export async function listenPublic(config: ServeConfig, handler: RequestListener): Promise<Server> {
  const server = config.tls ? createHttpsServer(readTls(config.tls), handler) : createHttpServer(handler);
  relax(server);
  const { host, port } = config;
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    if (errnoOf(error) === 'EADDRINUSE')
      throw new FarsideError('portTaken', { port, host }, { cause: error });
    const reason = `the server can not listen on ${host}:${port} (${errnoOf(error) || String(error)})`;
    throw new FarsideError('badRequest', { reason }, { cause: error });
  });
  return server;
}

/** The server for `farside user` on this machine: a socket that only the owner of the data directory can open. */
export async function listenLocal(dataDir: string, handler: RequestListener): Promise<Server> {
  const server = createHttpServer(handler);
  relax(server);
  rmSync(join(dataDir, LOCAL_SOCKET), { force: true });
  const socket = socketPath(dataDir, LOCAL_SOCKET);
  server.listen(socket.path);
  await once(server, 'listening');
  socket.close();
  return server;
}

/** The address as clients write it. */
export function urlOf(server: Server, { host, tls, basePath }: ServeConfig): string {
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'https' : 'http'}://${name}:${port}${basePath}`;
}

function relax(server: Server): void {
  server.requestTimeout = 0;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
}

function readTls({ cert, key }: NonNullable<ServeConfig['tls']>): { cert: Buffer; key: Buffer } {
  const read = (option: string, path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new FarsideError('badRequest', { reason: `${option}: ${String(error)}` }, { cause: error });
    }
  };
  return { cert: read('--tls-cert', cert), key: read('--tls-key', key) };
}
