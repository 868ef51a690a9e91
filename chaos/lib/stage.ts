import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FarsideClient, memoryTokenStore, type TokenStore } from '@farside/client';
import { FarsideError } from '@farside/protocol';
import { marked } from './processes.ts';
import { productRoot } from '../../server/src/runtime/productRoot.ts';
import {
  computePid,
  isAlive,
  processGone,
  startServer,
  stopCompute,
  temporaryDataDir,
  type TestServer,
} from '../../server/test/support/server.ts';

export interface StageOptions {
  /** Arguments of `farside serve`. */
  readonly args?: readonly string[];
  /** Runs a copy of the built program, so that nobody's edits change it under way. */
  readonly frozen?: boolean;
}

/** A real server in a directory of its own, to be killed and started again. */
export class Stage {
  readonly dir: string;
  readonly dataDir: string;
  readonly truthDir: string;
  /** TMPDIR of all that is started: what stays in it is left behind. */
  readonly tempDir: string;
  readonly port: number;
  readonly tokens: TokenStore = memoryTokenStore();
  /** Marks the environment of every process below this server. */
  readonly mark = randomUUID();
  readonly client: FarsideClient;
  readonly #options: StageOptions;
  #server: TestServer | undefined;

  private constructor(port: number, options: StageOptions) {
    this.port = port;
    this.#options = options;
    this.dir = mkdtempSync(join(tmpdir(), 'farside-chaos-'));
    this.truthDir = join(this.dir, 'truth');
    this.tempDir = join(this.dir, 'tmp');
    for (const dir of [this.truthDir, this.tempDir]) mkdirSync(dir);
    this.dataDir = options.frozen ? join(this.dir, 'data') : temporaryDataDir();
    if (options.frozen) freeze(this.dir);
    this.client = new FarsideClient({ url: `http://127.0.0.1:${port}`, tokens: this.tokens });
    process.once('exit', this.#leave);
  }

  /** Who leaves in a hurry leaves nothing running. */
  readonly #leave = (): void => {
    for (const pid of marked(this.mark)) process.kill(pid, 'SIGKILL');
  };

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(await freePort(), options);
    try {
      await stage.start();
      await stage.client.signIn(stage.server.username, stage.server.password);
    } catch (error) {
      await stage.remove();
      throw error;
    }
    return stage;
  }

  get server(): TestServer {
    if (!this.#server) throw new Error('there is no server');
    return this.#server;
  }

  /** Starts a web node; the compute node by it, when there is none. */
  async start(): Promise<void> {
    this.#server = await startServer({
      port: this.port,
      dataDir: this.dataDir,
      args: this.#options.args,
      ...(this.#options.frozen && { entry: join(this.dir, 'dist', 'farside.mjs') }),
      env: {
        TMPDIR: this.tempDir,
        R_PROFILE_USER: join(import.meta.dirname, 'subject.R'),
        CHAOS_TRUTH: this.truthDir,
        CHAOS_MARK: this.mark,
      },
    });
  }

  async restartWeb(signal: NodeJS.Signals): Promise<void> {
    await this.server.endWebNode(signal);
    await this.start();
  }

  /** Ends the compute node; whoever needs it next starts another. */
  async endCompute(signal: NodeJS.Signals): Promise<void> {
    const pid = this.computePid();
    if (pid === undefined) return;
    process.kill(pid, signal);
    await processGone(pid);
  }

  computePid(): number | undefined {
    try {
      const pid = computePid(this.dataDir);
      return isAlive(pid) ? pid : undefined;
    } catch {
      // It is just being started again.
      return undefined;
    }
  }

  /** A REST call that goes on through crashes of the server. */
  async persist<T>(call: (client: FarsideClient) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call(this.client);
      } catch (error) {
        if (!(error instanceof FarsideError) || !error.retryable) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Ends what runs and frees what is held; the directory stays until {@link remove}. */
  async close(): Promise<void> {
    this.client.dispose();
    if (this.#server && isAlive(this.#server.pid)) await this.#server.endWebNode();
    this.#server = undefined;
    await stopCompute(this.dataDir);
    process.off('exit', this.#leave);
  }

  async remove(): Promise<void> {
    await this.close();
    for (const dir of [this.dataDir, this.dir]) rmSync(dir, { recursive: true, force: true });
  }
}

/** What the program needs of its installation. */
function freeze(dir: string): void {
  const root = productRoot();
  for (const path of ['package.json', join('dist', 'farside.mjs'), join('r', 'farside')])
    cpSync(join(root, path), join(dir, path), { recursive: true });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
