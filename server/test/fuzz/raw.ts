import { connect } from 'node:net';

/** A reply as it came, or what became of the connection instead. */
export interface RawReply {
  /** 0: closed without a reply. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}
export interface RawRequest {
  readonly method: string;
  /** As it is: nothing is cleaned or encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Lets the connection break after the body, although more was announced. */
  readonly cut?: boolean;
}

/** Nobody answers so late. */
const HANG_MS = 60_000;

/** Writes bytes to the server and reads until it closes. */
export function sendRaw(url: string, bytes: Buffer, cut = false): Promise<RawReply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.setTimeout(HANG_MS, () => {
      socket.destroy();
      reject(new Error(`no answer to ${bytes.subarray(0, 300).toString('latin1')}`));
    });
    socket.on('data', (part) => parts.push(part));
    // A reset is an end like any other.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(parse(Buffer.concat(parts))));
    socket.write(bytes, () => {
      if (cut) socket.destroy();
    });
  });
}

export function rawRequest(url: string, request: RawRequest): Promise<RawReply> {
  const body = Buffer.from(request.body ?? '');
  const headers: Record<string, string> = { Host: 'localhost', Connection: 'close', ...request.headers };
  const announced = Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name));
  if (body.length > 0 && !announced) headers['Content-Length'] = String(body.length);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${request.method} ${request.path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  return sendRaw(url, Buffer.concat([head, body]), request.cut);
}

function parse(reply: Buffer): RawReply {
  const text = reply.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  return { status, head, body: end < 0 ? '' : text.slice(end + 4) };
}
