import type { Duplex } from 'node:stream';
import { decodeRecord, inputFrame, InputFlag, type JournalRecord } from '@farside/protocol';
import type { ComputeClient } from '../../src/compute/client.ts';
import { RecordSplitter } from '../../src/compute/worker/splitter.ts';

/** A client of one attach stream: keeps the records and waits for what a test needs. */
export class StreamReader {
  readonly stream: Duplex;
  readonly head: number;
  readonly records: JournalRecord[] = [];
  readonly closed: Promise<void>;
  readonly #splitter = new RecordSplitter();
  readonly #client = BigInt(Math.floor(Math.random() * 2 ** 48));
  #counter = 0;
  #ended = false;
  #wake = (): void => {};

  constructor(stream: Duplex, head: number) {
    this.stream = stream;
    this.head = head;
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('error', () => {});
    this.closed = new Promise((resolve) =>
      stream.on('close', () => {
        this.#ended = true;
        this.#wake();
        resolve();
      }),
    );
  }

  static async attach(client: ComputeClient, id: string, cursor = 0): Promise<StreamReader> {
    const { stream, head } = await client.attach(id, cursor);
    return new StreamReader(stream, head);
  }

  get cursor(): number {
    return this.journaled.at(-1)?.seq ?? 0;
  }
  get journaled(): JournalRecord[] {
    return this.records.filter(({ seq }) => seq > 0);
  }
  /** All output so far. */
  get text(): string {
    const output = this.records.filter(({ type }) => 'oecd'.includes(type));
    return Buffer.concat(output.map(({ payload }) => payload)).toString('utf8');
  }

  send(text: string): void {
    const id = { client: this.#client, counter: ++this.#counter };
    this.stream.write(inputFrame({ ...id, flag: InputFlag.line, display: '', text }));
  }

  /** The first record that fits, come or to come; rejects when the stream ends without. */
  async until(fits: (record: JournalRecord) => boolean, from = 0): Promise<JournalRecord> {
    for (let at = from; ; at++) {
      while (at >= this.records.length) {
        if (this.#ended) throw new Error('the stream ended');
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      const record = this.records[at];
      if (record && fits(record)) return record;
    }
  }

  /** Sends a line and waits for the prompt behind it. */
  async run(text: string): Promise<string> {
    const [from, length] = [this.records.length, this.text.length];
    this.send(`${text}\n`);
    const read = await this.until(({ type }) => type === 'I', from);
    await this.until(({ type, seq }) => type === 'P' && seq > read.seq, from);
    return this.text.slice(length);
  }

  #take(chunk: Buffer): void {
    this.#splitter.push(chunk);
    for (let raw = this.#splitter.next(); raw; raw = this.#splitter.next()) {
      this.records.push(decodeRecord(Buffer.concat(raw.parts), 0));
    }
    this.#wake();
  }
}
