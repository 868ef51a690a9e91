import type { Duplex } from 'node:stream';
import type { ServerResponse } from 'node:http';
import { CONSOLE_BEAT_MS, decodeRecord, TransientType, type JournalRecord } from '@farside/protocol';
import { bytesPass } from '../../runtime/externalMemory.ts';
import { RecordSplitter } from '../../compute/worker/splitter.ts';
import { ConsoleEvents, type ConsoleEvent } from './events.ts';

/** Records read again before the cursor: one of them may end inside a character. */
export const LOOK_BACK = 16;

export interface FeedOptions {
  /** Last sequence number the client has. */
  readonly after: number;
  /** Last sequence number in the journal when asked. */
  readonly head: number;
  /** 0: what is there now. */
  readonly waitMs: number;
}

/**
 * Sends the records of an attach stream as lines of JSON, at the client's pace: while it does not take them nothing is
 * read, so a client that stops costs one chunk of the stream and what its connection holds. Resolves with whether the
 * journal's last record was among them, when the stream is over or the time is.
 */
export class ConsoleFeed {
  readonly #stream: Duplex;
  readonly #response: ServerResponse;
  readonly #options: FeedOptions;
  readonly #splitter = new RecordSplitter();
  readonly #events = new ConsoleEvents();
  readonly #over = Promise.withResolvers<{ ended: boolean; broken: boolean }>();
  #beat: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(stream: Duplex, response: ServerResponse, options: FeedOptions) {
    this.#stream = stream;
    this.#response = response;
    this.#options = options;
  }

  /** `broken`: the stream ended although nobody asked it to. */
  run(): Promise<{ ended: boolean; broken: boolean }> {
    const { waitMs, after, head } = this.#options;
    const broken = (): void => this.#finish(true);
    this.#stream.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#stream.on('error', broken).on('end', broken).on('close', broken);
    this.#response.on('drain', () => this.#stream.resume());
    this.#response.on('close', () => this.#finish(false));
    this.#beat = setInterval(() => this.#send([{ type: 'beat' }]), CONSOLE_BEAT_MS);
    if (waitMs > 0) this.#deadline = setTimeout(() => this.#finish(false), waitMs);
    else if (after >= head) this.#live();
    return this.#over.promise;
  }

  #take(chunk: Buffer): void {
    bytesPass(chunk.length);
    const events: ConsoleEvent[] = [];
    let live = false;
    try {
      this.#splitter.push(chunk);
      for (let raw = this.#splitter.next(); raw; raw = this.#splitter.next()) {
        const record = decodeRecord(
          raw.parts.length === 1 ? (raw.parts[0] as Buffer) : Buffer.concat(raw.parts),
          0,
        );
        if (record.type === TransientType.live && record.seq === 0) live = true;
        else this.#add(record, events);
      }
    } catch {
      // Nonsense in the stream: the client asks again from where it is.
      this.#finish(true);
      return;
    }
    this.#send(events);
    if (live) this.#live();
  }

  #add(record: JournalRecord, events: ConsoleEvent[]): void {
    if (record.seq === 0) return;
    if (record.seq <= this.#options.after) this.#events.pass(record);
    else events.push(this.#events.of(record));
  }

  /** Everything up to now was sent. */
  #live(): void {
    this.#send([{ type: 'live' }]);
    if (this.#options.waitMs === 0) this.#finish(false);
  }

  #send(events: readonly ConsoleEvent[]): void {
    if (events.length === 0 || this.#response.writableEnded || this.#response.destroyed) return;
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    this.#beat?.refresh();
    if (!this.#response.write(text)) this.#stream.pause();
  }

  #finish(broken: boolean): void {
    clearInterval(this.#beat);
    clearTimeout(this.#deadline);
    this.#stream.destroy();
    this.#over.resolve({ ended: this.#events.sawFinal, broken });
  }
}
