import { join } from 'node:path';
import { FarsideClient, SessionLink, memoryTokenStore } from '@farside/client';
import { RecordType, type JournalRecord, type SessionInfo } from '@farside/protocol';
import { startServer, type TestServer } from '../../server/test/support/server.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'farside.mjs');

/** A server of its own in a temporary data directory, from the bundle that users run. */
export class Farside {
  readonly client: FarsideClient;
  readonly #server: TestServer;

  private constructor(client: FarsideClient, server: TestServer) {
    this.client = client;
    this.#server = server;
  }

  static async start(args: readonly string[] = []): Promise<Farside> {
    const server = await startServer({ entry: PROGRAM, args });
    const client = new FarsideClient({ url: server.url, tokens: memoryTokenStore() });
    await client.signIn(server.username, server.password);
    return new Farside(client, server);
  }

  async session(): Promise<Session> {
    const info = await this.client.call('startSession', { body: {} });
    return new Session(this.client, info);
  }

  /** Process ids of the nodes. */
  get nodes(): { web: number; compute: number } {
    return { web: this.#server.pid, compute: this.#server.computePid() };
  }

  /** Ends all sessions, the compute node and the server. */
  async stop(): Promise<void> {
    this.client.dispose();
    await this.#server.stop();
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
