import { crc32 } from 'node:zlib';
import { FarsideClient, SessionLink, type TokenStore } from '@farside/client';
import { RecordType, TransientType, readInputId, type InputId, type JournalRecord } from '@farside/protocol';
import { TcpProxy } from '../../server/test/network/proxy.ts';
import { Comparer, type Difference } from './comparer.ts';
import { Ledger, keyOf } from './ledger.ts';

const OUTPUT = 'oecd';

/** A place in a journal at which another client may begin: cursor, and byte of the truth there. */
export interface Place {
  readonly cursor: number;
  readonly offset: number;
}
export interface WatcherOptions {
  readonly name: string;
  readonly port: number;
  readonly tokens: TokenStore;
  readonly session: string;
  readonly truth: string;
  readonly from?: Place;
  /** For a test of the test: output records with these numbers are not looked at, or twice. */
  readonly plant?: { readonly skip?: number; readonly repeat?: number };
}

/** A client of its own, behind a line of its own, that checks all it sees as it comes. */
export class Watcher {
  readonly name: string;
  readonly proxy: TcpProxy;
  readonly link: SessionLink;
  readonly ledger = new Ledger();
  /** Inputs of this client that it knows to be in the journal. */
  readonly acknowledged = new Set<string>();
  readonly refused = new Set<string>();
  readonly problems: string[] = [];
  /** Check sum over all journaled records so far: equal for all who began at 0. */
  sum = 0;
  readonly #client: FarsideClient;
  readonly #comparer: Comparer;
  readonly #plant: NonNullable<WatcherOptions['plant']>;
  readonly #waiting = new Set<() => void>();
  #cursor: number;
  #outputs = 0;
  #gate: Promise<void> | undefined;

  private constructor(options: WatcherOptions, proxy: TcpProxy) {
    this.name = options.name;
    this.proxy = proxy;
    this.#plant = options.plant ?? {};
    this.#cursor = options.from?.cursor ?? 0;
    this.#comparer = new Comparer(options.truth, options.from?.offset);
    this.#client = new FarsideClient({ url: proxy.url, tokens: options.tokens });
    this.link = new SessionLink({ client: this.#client, session: options.session, cursor: this.#cursor });
    this.link.onRecord((record) => this.#take(record));
    this.link.onStatus((status) => {
      if (status.state === 'closed' && status.reason)
        this.#problem(`gave up: ${status.reason.code}, ${status.reason.text}`);
      this.#wake();
    });
    this.link.onRefused(({ error, id }) => {
      if (!id) return this.#problem(`refused: ${error.text}`);
      this.refused.add(keyOf(id));
      this.#wake();
    });
    this.link.open();
  }

  static async open(options: WatcherOptions): Promise<Watcher> {
    return new Watcher(options, await TcpProxy.before({ host: '127.0.0.1', port: options.port }));
  }

  get cursor(): number {
    return this.#cursor;
  }
  get place(): Place {
    return { cursor: this.#cursor, offset: this.#comparer.position };
  }
  /** The session has ended, or this client gave up. */
  get isOver(): boolean {
    return this.link.status.state === 'ended' || this.link.status.state === 'closed';
  }

  isAcknowledged(id: InputId): boolean {
    return this.acknowledged.has(keyOf(id));
  }

  isRefused(id: InputId): boolean {
    return this.refused.has(keyOf(id));
  }

  /** Stops taking records until the promise settles. */
  hold(gate: Promise<void>): void {
    this.#gate = gate;
    void gate.then(() => (this.#gate = undefined));
  }

  /** Settles as soon as the condition holds; looked at after each thing heard. */
  until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        this.#waiting.delete(look);
        reject(signal?.reason as Error);
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      this.#waiting.add(look);
      look();
    });
  }

  /** Compares what is left and gives the result. */
  finish(options?: Parameters<Comparer['finish']>[0]): Difference {
    return this.#comparer.finish(options);
  }

  async close(): Promise<void> {
    this.link.close();
    this.#client.dispose();
    await this.proxy.close();
    this.#wake();
  }

  #take(record: JournalRecord): Promise<void> | void {
    if (record.seq === 0) {
      if (record.type === TransientType.ack) this.acknowledged.add(keyOf(readInputId(record.payload)));
    } else this.#journaled(record);
    this.#wake();
    return this.#gate;
  }

  #journaled(record: JournalRecord): void {
    if (record.seq !== this.#cursor + 1) this.#problem(`record ${record.seq} came behind ${this.#cursor}`);
    this.#cursor = record.seq;
    this.sum = crc32(record.payload, crc32(`${record.type}${record.flag} ${record.aux}`, this.sum));
    if (record.type === RecordType.accepted) {
      const id = readInputId(record.payload);
      if (this.link.isOwn(id)) this.acknowledged.add(keyOf(id));
    }
    this.ledger.take(record);
    if (!OUTPUT.includes(record.type)) return;
    const number = ++this.#outputs;
    if (number !== this.#plant.skip) this.#comparer.take(record.payload);
    if (number === this.#plant.repeat) this.#comparer.take(record.payload);
  }

  #problem(text: string): void {
    this.problems.push(`${this.name}: ${text}`);
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
