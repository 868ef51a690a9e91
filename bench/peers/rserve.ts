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
const RESPONSE_OK = 0x10001;
const DT_STRING = 4;

export class Rserve {
  readonly #process: ChildProcess;
  readonly #socket: Socket;
  #buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;

  private constructor(process: ChildProcess, socket: Socket) {
    this.#process = process;
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#buffer = this.#buffer.length > 0 ? Buffer.concat([this.#buffer, data]) : data;
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
  async eval(code: string): Promise<Buffer> {
    const text = Buffer.from(`${code}\0`);
    const padded = Math.ceil(text.length / 4) * 4;
    const message = Buffer.alloc(HEADER_BYTES + 4 + padded);
    message.writeUInt32LE(CMD_EVAL, 0);
    message.writeUInt32LE(4 + padded, 4);
    message[HEADER_BYTES] = DT_STRING;
    message.writeUIntLE(padded, HEADER_BYTES + 1, 3);
    text.copy(message, HEADER_BYTES + 4);
    this.#socket.write(message);
    const header = await this.#read(HEADER_BYTES);
    const body = await this.#read(header.readUInt32LE(4));
    if (header.readUInt32LE(0) !== RESPONSE_OK) throw new Error(`Rserve refused: ${code}`);
    return body;
  }

  async stop(): Promise<void> {
    this.#socket.destroy();
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
  }

  async #read(bytes: number): Promise<Buffer> {
    while (this.#buffer.length < bytes) await new Promise<void>((resolve) => (this.#wake = resolve));
    const out = this.#buffer.subarray(0, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    return out;
  }
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
