import { readFileSync } from 'node:fs';
import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { FarsideError, fromErrorBody } from '@farside/protocol';
import { socketPath, type SocketPath } from '../../runtime/socketPath.ts';
import { ComputeFile } from '../api.ts';
import { computeFiles } from '../files.ts';

/** Error bodies are short; more than this is not ours. */
const MAX_ERROR_BODY = 1024 * 1024;

/** Connections kept for later requests; a restart makes hundreds of clients ask at once. */
const MAX_FREE_SOCKETS = 8;

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly upgrade?: string;
  readonly signal?: AbortSignal;
}
type Result = { response: IncomingMessage; socket?: Duplex };

/** HTTP over the compute node's Unix socket, with its secret; starts the node again when it is gone. */
export class ComputeConnection {
  readonly #dataDir: string;
  readonly #restart: (() => Promise<void>) | undefined;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_FREE_SOCKETS });
  #path: SocketPath | undefined;
  #secret: string | undefined;
  #restarting: Promise<void> | undefined;

  constructor(dataDir: string, restart?: () => Promise<void>) {
    this.#dataDir = dataDir;
    this.#restart = restart;
  }

  close(): void {
    this.#agent.destroy();
    this.#path?.close();
    this.#path = undefined;
  }

  async json(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    const { response } = await this.#send({ method, path, body, signal });
    return JSON.parse((await readAll(response)).toString('utf8'));
  }

  async stream(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<IncomingMessage> {
    return (await this.#send({ method, path, body, signal })).response;
  }

  async upgrade(path: string, upgrade: string): Promise<{ socket: Duplex; headers: IncomingHttpHeaders }> {
    const { response, socket } = await this.#send({ method: 'GET', path, upgrade });
    if (!socket) throw new FarsideError('computeDown', { reason: 'it did not open the stream' });
    return { socket, headers: response.headers };
  }

  /** One try, and one more after the node was started again or its new secret was read. */
  async #send(call: Call): Promise<Result> {
    try {
      return await this.#attempt(call);
    } catch (error) {
      if (call.signal?.aborted || !isDown(error)) throw asFarside(error);
      // A request that may have been carried out is not repeated; refused connections were never sent.
      if (!wasNeverSent(error) && call.method !== 'GET') throw asFarside(error);
    }
    this.#secret = undefined;
    await this.#revive();
    try {
      return await this.#attempt(call);
    } catch (error) {
      throw asFarside(error);
    }
  }

  async #revive(): Promise<void> {
    if (!this.#restart) return;
    this.#restarting ??= this.#restart().finally(() => (this.#restarting = undefined));
    await this.#restarting;
  }

  async #attempt(call: Call): Promise<Result> {
    const result = await this.#exchange(call);
    const { response } = result;
    const status = response.statusCode ?? 0;
    if (status < 400) return result;
    const error = errorOf(await readAll(response));
    if (status === 401) throw new StaleSecret();
    throw error ?? new FarsideError('computeDown', { reason: `it answered with status ${status}` });
  }

  #exchange(call: Call): Promise<Result> {
    this.#secret ??= readSecret(this.#dataDir);
    this.#path ??= socketPath(this.#dataDir, computeFiles(this.#dataDir).socket);
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const options = {
      socketPath: this.#path.path,
      method: call.method,
      path: call.path,
      agent: call.upgrade ? false : this.#agent,
      signal: call.signal,
      headers: {
        authorization: `Bearer ${this.#secret}`,
        ...(body && { 'content-type': 'application/json', 'content-length': body.length }),
        ...(call.upgrade && { connection: 'Upgrade', upgrade: call.upgrade }),
      },
    };
    return new Promise((resolve, reject) => {
      const req = request(options);
      req.on('error', reject);
      req.on('response', (response) => resolve({ response }));
      req.on('upgrade', (response, socket, head) => {
        if (head.length) socket.unshift(head);
        resolve({ response, socket });
      });
      req.end(body);
    });
  }
}

/** The secret on disk changed: another node serves the directory now. */
class StaleSecret extends Error {}

function readSecret(dataDir: string): string {
  return ComputeFile.parse(JSON.parse(readFileSync(computeFiles(dataDir).info, 'utf8'))).secret;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** Nothing listens, or its secret can not be read (any more). */
const wasNeverSent = (error: unknown): boolean =>
  error instanceof StaleSecret || ['ENOENT', 'ECONNREFUSED'].includes(codeOf(error));
const isDown = (error: unknown): boolean =>
  wasNeverSent(error) || ['ECONNRESET', 'EPIPE'].includes(codeOf(error));

function asFarside(error: unknown): FarsideError {
  if (error instanceof FarsideError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new FarsideError('computeDown', { reason }, { cause: error });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    size += (part as Buffer).length;
    if (size > MAX_ERROR_BODY && (stream.statusCode ?? 0) >= 400) break;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function errorOf(body: Buffer): FarsideError | undefined {
  try {
    return fromErrorBody(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}
