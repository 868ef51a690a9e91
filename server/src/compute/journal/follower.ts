import type { Socket } from 'node:net';
import { attachFrame, AttachMode, TransientType } from '@farside/protocol';
import { bytesPass } from '../../runtime/externalMemory.ts';
import { payloadOf, RecordSplitter, type RawRecord } from '../worker/splitter.ts';
import { JournalReader } from './reader.ts';
import { tombstone } from './tombstone.ts';

/** Who takes the records. */
export interface RecordSink {
  /** Whole journaled records, in order. */
  records(bytes: Buffer): void;
  /** Acks, refusals and replies of the worker, and `live` once everything up to now was sent. */
  transient(record: RawRecord): void;
  /** Sends what was gathered; a promise when the sink is full, kept when it holds none of it any more. */
  flush(): Promise<void> | undefined;
}

/**
 * One reader of one session: from the file up to now, then live from the worker, and from the file again when it
 * fell behind. In mode `all` the records are gap-free and each comes once. Memory: one file read, or what the
 * worker's socket delivered at once.
 */
export class JournalFollower {
  readonly #mode: AttachMode;
  readonly #sink: RecordSink;
  readonly #reader: JournalReader;
  readonly #splitter = new RecordSplitter();
  #cursor: number;

  constructor(journal: string, mode: AttachMode, cursor: number, sink: RecordSink) {
    this.#mode = mode;
    this.#sink = sink;
    this.#cursor = cursor;
    this.#reader = new JournalReader(journal, cursor);
  }

  get cursor(): number {
    return this.#cursor;
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  /** Sends what the files hold, at least up to `atLeast` if they do, at the sink's pace. */
  async catchUp(atLeast = Number.POSITIVE_INFINITY): Promise<void> {
    this.#reader.skipTo(this.#cursor);
    while (this.#cursor < atLeast) {
      const run = await this.#reader.read();
      if (!run) return;
      this.#cursor = this.#reader.cursor;
      this.#sink.records(run);
      const emptied = this.#sink.flush();
      if (!emptied) continue;
      await emptied;
      this.#reader.giveBack(run);
    }
  }

  /** Attaches to the worker and passes on what comes until the connection closes. */
  live(worker: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      let working = false;
      let closed = false;
      const fail = (error: unknown): void => {
        worker.destroy();
        reject(error);
      };
      const work = (): void => {
        try {
          const slow = this.#drain(worker);
          if (slow) {
            working = true;
            worker.pause();
            slow.then(work, fail);
          } else if (working) {
            working = false;
            if (closed) resolve();
            else worker.resume();
          }
        } catch (error) {
          fail(error);
        }
      };
      worker.on('data', (chunk) => {
        bytesPass(chunk.length);
        this.#splitter.push(chunk);
        if (!working) work();
      });
      worker.on('close', () => {
        closed = true;
        if (!working) resolve();
      });
      this.#attach(worker);
    });
  }

  #attach(worker: Socket): void {
    worker.write(attachFrame(this.#mode, this.#cursor));
  }

  /** Passes on the whole records that came; a promise when something has to be waited for first. */
  #drain(worker: Socket): Promise<void> | undefined {
    for (let record = this.#splitter.next(); record; record = this.#splitter.next()) {
      const slow = record.seq === 0 ? this.#transient(record, worker) : this.#journaled(record);
      if (slow) return slow;
    }
    return this.#sink.flush();
  }

  #journaled(record: RawRecord): Promise<void> | undefined {
    if (record.seq <= this.#cursor) return undefined;
    const gap = this.#mode === AttachMode.all && record.seq > this.#cursor + 1;
    if (!gap) {
      this.#pass(record);
      return undefined;
    }
    // It is in the file before it is pushed, so the records before it are there too.
    return this.#reach(record.seq - 1).then(() => {
      if (record.seq > this.#cursor) this.#pass(record);
    });
  }

  /** Reads up to a record that the worker says it has written; what the file does not yield is damaged. */
  async #reach(seq: number): Promise<void> {
    await this.catchUp(seq);
    if (this.#cursor >= seq) return;
    this.#sink.records(tombstone(this.#cursor + 1, seq, 'damage'));
    this.#cursor = seq;
  }

  #pass(record: RawRecord): void {
    this.#cursor = record.seq;
    for (const part of record.parts) this.#sink.records(part);
  }

  #transient(record: RawRecord, worker: Socket): Promise<void> | undefined {
    if (record.type !== TransientType.live && record.type !== TransientType.lag) {
      this.#sink.transient(record);
      return undefined;
    }
    const head = Number(payloadOf(record).readBigUInt64LE(0));
    const behind = this.#cursor < head;
    const next =
      record.type === TransientType.live ? () => this.#sink.transient(record) : () => this.#attach(worker);
    if (behind) return this.#reach(head).then(next);
    next();
    return undefined;
  }
}
