import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HANDOVER, type HandoverBody, type HandoverPath } from '@farside/protocol';

const TOKEN_BYTES = 32;
/** Tokens of a directory are long; nothing else is. */
const BODY_LIMIT = 256 * 1024;

export interface Answer {
  readonly status: 200 | 204;
  readonly body?: unknown;
}
/** A refusal that R shows to the user. 410: R goes on as without an editor. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 503, message: string) {
    super(message);
    this.status = status;
  }
}
export type Handlers = { readonly [P in HandoverPath]: (body: HandoverBody<P>) => Promise<Answer> };

/**
 * The way from one local R to this window: HTTP on loopback, since R opens no Unix sockets. Only who knows the token
 * is heard; R gets it in its environment, from which mrsdeploy removes it.
 */
export class Handover {
  readonly #handlers: () => Handlers;
  readonly #digest: Buffer;
  readonly #server: Server;
  readonly token = randomBytes(TOKEN_BYTES).toString('hex');
  #host = '';

  constructor(handlers: () => Handlers) {
    this.#handlers = handlers;
    this.#digest = digest(this.token);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** The environment that R needs to reach it. */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    this.#host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return { FARSIDE_EDITOR: `http://${this.#host}`, FARSIDE_EDITOR_TOKEN: this.token };
  }

  dispose(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#check(request);
      const { status, body } = await this.#answer(request.url ?? '', await read(request));
      reply(response, status, body);
    } catch (error) {
      const status = error instanceof Refused ? error.status : 409;
      reply(response, status, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** A page in a browser can reach loopback too: it has another Host or an Origin, and no token. */
  #check({ method, headers }: IncomingMessage): void {
    if (headers.host !== this.#host || headers.origin !== undefined)
      throw new Refused(403, 'Only R of this terminal may ask.');
    const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), this.#digest))
      throw new Refused(401, 'The token is not that of this R.');
    if (method !== 'POST') throw new Refused(400, 'Ask with POST.');
  }

  #answer(path: string, text: string): Promise<Answer> {
    if (!Object.hasOwn(HANDOVER, path))
      throw new Refused(404, `The editor knows no ${path}: update the extension.`);
    const known = path as HandoverPath;
    const body = HANDOVER[known].safeParse(parse(text));
    if (!body.success)
      throw new Refused(400, `${path}: ${body.error.issues[0]?.message ?? 'not understood'}`);
    return (this.#handlers()[known] as (body: unknown) => Promise<Answer>)(body.data);
  }
}

/** Hashes have one length, so that comparing takes the same time for all. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What is too long is read to its end, so that the answer arrives, and not kept. */
function read(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_LIMIT) chunks.push(chunk);
      else reject(new Refused(413, 'That is too long.'));
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString()));
    request.once('error', reject);
  });
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // An empty list of R is [] in JSON.
    return Array.isArray(value) && value.length === 0 ? {} : value;
  } catch {
    throw new Refused(400, 'The body is not JSON.');
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-store');
  // A body that was not read would be taken for the next request.
  response.setHeader('Connection', 'close');
  response.end(status === 204 ? undefined : JSON.stringify(body ?? {}));
}
