import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';

/**
 * The peer: Rserve (Debian: r-cran-rserve), spoken to by its own protocol QAP1
 * (https://www.rforge.net/Rserve/dev.html).
 */
const HEADER_BYTES = 16;
const GREETING_BYTES = 32;
const CMD_EVAL = 0x003;
const CMD_OPEN_FILE = 0x010;
const CMD_CREATE_FILE = 0x011;
const CMD_CLOSE_FILE = 0x012;
const CMD_READ_FILE = 0x013;
const CMD_WRITE_FILE = 0x014;
const RESPONSE_OK = 0x10001;
const DT_INT = 1;
const DT_STRING = 4;
const DT_BYTESTREAM = 5;
/** Its client takes files in pieces of this size; longer ones need another header. */
const FILE_PIECE = 8 * 1024 * 1024;
/** Headers of a large reply: the parameter's, the vector's, and its length. */
const LARGE_RAW_OFFSET = 20;

export class Rserve {
  readonly #process: ChildProcess;
  readonly #socket: Socket;
  #parts: Buffer[] = [];
  #size = 0;
  #wake: (() => void) | undefined;

  private constructor(process: ChildProcess, socket: Socket) {
    this.#process = process;
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#parts.push(data);
      this.#size += data.length;
      this.#wake?.();
    });
  }

  static async start(): Promise<Rserve> {
    const port = await freePort();
    // In the foreground of this R: Rserve() would detach and could not be ended by id.
    const code = `Rserve::run.Rserve(port = ${port}L, remote = FALSE, auth = "disable")`;
    const process = spawn('Rscript', ['--vanilla', '-e', code], { stdio: 'ignore' });
    const rserve = new Rserve(process, await connectWhenUp(port, process));
    await rserve.#read(GREETING_BYTES);
    return rserve;
  }

  /** Evaluates R code and returns the raw answer. */
  eval(code: string): Promise<Buffer> {
    return this.#command(CMD_EVAL, DT_STRING, stringOf(code), code);
  }

  /** The raw vector that R code gives, of 16 MB or more. */
  async evalRaw(code: string): Promise<Buffer> {
    return (await this.eval(code)).subarray(LARGE_RAW_OFFSET);
  }

  async putFile(name: string, pieces: AsyncIterable<Buffer>): Promise<void> {
    await this.#command(CMD_CREATE_FILE, DT_STRING, stringOf(name), name);
    for await (const piece of pieces) await this.#command(CMD_WRITE_FILE, DT_BYTESTREAM, piece, name);
    await this.#command(CMD_CLOSE_FILE, undefined, Buffer.alloc(0), name);
  }

  async *getFile(name: string): AsyncGenerator<Buffer> {
    await this.#command(CMD_OPEN_FILE, DT_STRING, stringOf(name), name);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(FILE_PIECE);
    for (;;) {
      const piece = await this.#command(CMD_READ_FILE, DT_INT, size, name);
      if (piece.length === 0) break;
      yield piece;
    }
    await this.#command(CMD_CLOSE_FILE, undefined, Buffer.alloc(0), name);
  }

  async #command(command: number, type: number | undefined, data: Buffer, what: string): Promise<Buffer> {
    const parameter = type === undefined ? 0 : 4;
    const head = Buffer.alloc(HEADER_BYTES + parameter);
    head.writeUInt32LE(command, 0);
    head.writeUInt32LE(parameter + data.length, 4);
    if (type !== undefined) {
      head[HEADER_BYTES] = type;
      head.writeUIntLE(data.length, HEADER_BYTES + 1, 3);
    }
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(data);
    this.#socket.uncork();
    const header = await this.#read(HEADER_BYTES);
    const body = await this.#read(header.readUInt32LE(4));
    if (header.readUInt32LE(0) !== RESPONSE_OK) throw new Error(`Rserve refused: ${what}`);
    return body;
  }

  async stop(): Promise<void> {
    this.#socket.destroy();
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
  }

  async #read(bytes: number): Promise<Buffer> {
    while (this.#size < bytes) await new Promise<void>((resolve) => (this.#wake = resolve));
    const all = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts);
    const rest = all.subarray(bytes);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return all.subarray(0, bytes);
  }
}

/** With its NUL, filled up to a multiple of four. */
function stringOf(text: string): Buffer {
  const bytes = Buffer.from(`${text}\0`);
  const padded = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
  bytes.copy(padded);
  return padded;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function connectWhenUp(port: number, process: ChildProcess): Promise<Socket> {
  for (;;) {
    if (process.exitCode !== null) throw new Error('Rserve did not start: is r-cran-rserve installed?');
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    const up = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    if (up) return socket;
    // Rserve says nothing when it listens; R needs some 200 ms.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
