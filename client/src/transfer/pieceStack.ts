import { request as openHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as openHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';

/** At most so often somebody is told how far it is, in ms. */
const PROGRESS_MS = 100;

/** What one request carries. */
export interface Piece {
  /** Bytes. */
  readonly size: number;
  /** A part's memory may be used again as soon as the one after the next is asked for. */
  parts(): AsyncIterable<Buffer>;
}

/**
 * Has pieces sent out of memory that is used again and again: a gigabyte that passes through streams in buffers of its
 * own has V8 look for garbage a dozen times. Everything else is the business of the library's own stack.
 */
export const pieceStack = (plain: HttpStack): HttpStack => ({
  createRequest: (method, url) => pieceRequest(plain.createRequest(method, url)),
  getName: () => 'PieceStack',
});

function pieceRequest(plain: HttpRequest): HttpRequest {
  const headers: Record<string, string> = {};
  let progress: (sent: number) => void = () => undefined;
  let open: ClientRequest | undefined;
  return {
    getMethod: () => plain.getMethod(),
    getURL: () => plain.getURL(),
    getHeader: (name) => plain.getHeader(name),
    getUnderlyingObject: () => open ?? (plain.getUnderlyingObject() as unknown),
    setHeader(name, value) {
      headers[name] = value;
      plain.setHeader(name, value);
    },
    setProgressHandler(handler) {
      progress = handler;
      plain.setProgressHandler(handler);
    },
    async abort() {
      open?.destroy();
      await plain.abort();
    },
    send(body: unknown) {
      if (!isPiece(body)) return plain.send(body);
      const url = new URL(plain.getURL());
      open = (url.protocol === 'https:' ? openHttps : openHttp)(url, {
        method: plain.getMethod(),
        headers: { ...headers, 'Content-Length': body.size },
      });
      return sendPiece(open, body, progress);
    },
  };
}

const isPiece = (body: unknown): body is Piece =>
  typeof body === 'object' && body !== null && 'parts' in body && 'size' in body;

/** Sends the piece; an answer that comes before all of it is there ends the sending. */
async function sendPiece(
  request: ClientRequest,
  piece: Piece,
  progress: (sent: number) => void,
): Promise<HttpResponse> {
  const answered = new Promise<HttpResponse>((resolve, reject) => {
    request.once('response', (response) => answerOf(response).then(resolve, reject));
    request.on('error', reject);
  });
  let isOver = false;
  const sent = sendParts(request, piece, progress, () => isOver).then(() => request.end());
  try {
    await Promise.race([sent, answered]);
    return await answered;
  } finally {
    isOver = true;
    sent.catch(() => undefined);
    answered.catch(() => undefined);
    if (!request.writableEnded) request.destroy();
  }
}

async function sendParts(
  request: ClientRequest,
  piece: Piece,
  progress: (sent: number) => void,
  isOver: () => boolean,
): Promise<void> {
  let before = Promise.resolve();
  let [sent, told] = [0, -PROGRESS_MS];
  // The next part is read while the one before is on its way.
  for await (const part of piece.parts()) {
    await before;
    if (isOver()) return;
    if (sent > 0 && performance.now() - told >= PROGRESS_MS) {
      progress(sent);
      told = performance.now();
    }
    before = write(request, part);
    // Whoever waits for it gets it.
    before.catch(() => undefined);
    sent += part.length;
  }
  await before;
  progress(sent);
}

/** Settles when the system has taken the bytes. */
const write = (request: ClientRequest, part: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    request.write(part, (error) => (error ? reject(error) : resolve()));
  });

async function answerOf(response: IncomingMessage): Promise<HttpResponse> {
  const body = await text(response);
  return {
    getStatus: () => response.statusCode ?? 0,
    getHeader(name) {
      const value = response.headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
    getBody: () => body,
    getUnderlyingObject: () => response,
  };
}
