import { FarsideClient, SessionLink, memoryTokenStore, type LinkStatus } from '@farside/client';
import { PromptKind, RecordType, fromUtf8, type JournalRecord } from '@farside/protocol';
import { afterAll, beforeAll } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

export async function signedIn({ url, username, password }: TestServer): Promise<FarsideClient> {
  const client = new FarsideClient({ url, tokens: memoryTokenStore() });
  await client.signIn(username, password);
  return client;
}

/** A server with its administrator signed in, for all tests of a file. */
export function serverWithClient(): { server: TestServer; readonly client: FarsideClient } {
  const at = {} as { server: TestServer; client: FarsideClient };
  beforeAll(async () => {
    at.server = await startServer();
    at.client = await signedIn(at.server);
  });
  afterAll(async () => {
    at.client.dispose();
    await at.server.stop();
  });
  return at;
}

/** A link that writes down what it hears. */
export class Listener {
  readonly link: SessionLink;
  readonly statuses: LinkStatus[] = [];
  readonly refusals: string[] = [];
  readonly seqs: number[] = [];
  output = '';
  #prompts = 0;
  readonly #waiting = new Set<() => void>();

  constructor(link: SessionLink) {
    this.link = link;
    link.onStatus((status) => {
      this.statuses.push(status);
      this.#wake();
    });
    link.onRefused(({ error }) => {
      this.refusals.push(error.message);
      this.#wake();
    });
    link.onRecord((record) => this.#record(record));
  }

  get prompts(): number {
    return this.#prompts;
  }

  /** Settles as soon as the condition holds; looked at after each thing heard. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
  status(state: LinkStatus['state']): Promise<void> {
    return this.until(() => this.link.status.state === state);
  }
  /** R is at its top-level prompt once more. */
  nextPrompt(): Promise<void> {
    const before = this.#prompts;
    return this.until(() => this.#prompts > before);
  }

  #record(record: JournalRecord): void {
    if (record.seq > 0) this.seqs.push(record.seq);
    if (record.type === RecordType.stdout || record.type === RecordType.childStdout)
      this.output += fromUtf8(record.payload);
    if (record.type === RecordType.prompt && String.fromCharCode(record.flag) === PromptKind.top)
      this.#prompts++;
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}

export async function openSession(client: FarsideClient): Promise<Listener> {
  const { id } = await client.call('startSession', { body: {} });
  const listener = new Listener(new SessionLink({ client, session: id }));
  listener.link.open();
  await listener.until(() => listener.prompts > 0);
  return listener;
}
