import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FarsideClient, SessionLink, memoryTokenStore } from '@farside/client';
import { RecordType, type JournalRecord, type SessionInfo } from '@farside/protocol';

const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'farside.mjs');
const PASSWORD = 'benchmark-password';

/** A server of its own in a temporary data directory. */
export class Farside {
  readonly client: FarsideClient;
  readonly #process: ChildProcess;
  readonly #dataDir: string;

  private constructor(client: FarsideClient, process: ChildProcess, dataDir: string) {
    this.client = client;
    this.#process = process;
    this.#dataDir = dataDir;
  }

  static async start(): Promise<Farside> {
    const dataDir = mkdtempSync(join(tmpdir(), 'farside-bench-'));
    const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', '--data-dir', dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FARSIDE_ADMIN_PASSWORD: PASSWORD },
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /https?:\/\/\S+/.exec(line)?.[0];
    if (!url) throw new Error(`The server did not become ready: ${line}`);
    const client = new FarsideClient({ url, tokens: memoryTokenStore() });
    await client.signIn('admin', PASSWORD);
    return new Farside(client, child, dataDir);
  }

  async session(): Promise<Session> {
    const info = await this.client.call('startSession', { body: {} });
    return new Session(this.client, info);
  }

  /** Ends all sessions, the compute node and the server. */
  async stop(): Promise<void> {
    for (const { id } of await this.client.call('sessions'))
      await this.client.call('closeSessionByForce', { params: { id } });
    this.client.dispose();
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
    const compute = spawn('pkill', ['-TERM', '-f', `compute --data-dir ${this.#dataDir}`]);
    await once(compute, 'exit');
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

/** An attached session that counts what arrives. */
export class Session {
  readonly info: SessionInfo;
  readonly link: SessionLink;
  bytes = 0;
  #prompt: (() => void) | undefined;
  #awaited: bigint | undefined;

  constructor(client: FarsideClient, info: SessionInfo) {
    this.info = info;
    this.link = new SessionLink({ client, session: info.id });
    this.link.onRecord((record) => this.#take(record));
  }

  /** Sends lines and resolves at the prompt after them. */
  run(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#prompt = resolve;
      this.#awaited = BigInt(this.link.input(text).counter);
    });
  }

  #take(record: JournalRecord): void {
    if ('oecd'.includes(record.type)) this.bytes += record.payload.length;
    // Each run is one input of its own, read before the prompt that ends it.
    if (record.type === RecordType.consumed && record.aux === 1) this.#awaited = undefined;
    if (record.type === RecordType.prompt && this.#awaited === undefined) {
      const done = this.#prompt;
      this.#prompt = undefined;
      done?.();
    }
  }
}
