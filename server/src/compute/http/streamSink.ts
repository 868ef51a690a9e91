import type { Socket } from 'node:net';
import type { RecordSink } from '../journal/follower.ts';
import type { RawRecord } from '../worker/splitter.ts';

/**
 * Writes records to an attach stream as they came, without copying. What is not read yet is in the stream's own
 * buffer, bounded because nothing more is taken while {@link flush} waits.
 */
export class StreamSink implements RecordSink {
  readonly #stream: Socket;
  #parts: Buffer[] = [];

  constructor(stream: Socket) {
    this.#stream = stream;
  }

  records(bytes: Buffer): void {
    const last = this.#parts.at(-1);
    const follows = last?.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset;
    // Neighbours in memory go out as one piece: a chunk of small records is one write.
    if (follows)
      this.#parts[this.#parts.length - 1] = Buffer.from(
        last.buffer,
        last.byteOffset,
        last.length + bytes.length,
      );
    else this.#parts.push(bytes);
  }

  transient(record: RawRecord): void {
    for (const part of record.parts) this.records(part);
  }

  flush(): Promise<void> | undefined {
    const parts = this.#parts;
    if (parts.length === 0) return undefined;
    this.#parts = [];
    if (this.#stream.destroyed) return Promise.reject(new Error('the reader has gone'));
    if (parts.length > 1) this.#stream.cork();
    for (const part of parts) this.#stream.write(part);
    if (parts.length > 1) this.#stream.uncork();
    return this.#stream.writableNeedDrain ? this.#drained() : undefined;
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#stream.off('drain', done).off('close', gone);
        resolve();
      };
      const gone = (): void => {
        this.#stream.off('drain', done).off('close', gone);
        reject(new Error('the reader has gone'));
      };
      this.#stream.on('drain', done).on('close', gone);
    });
  }
}
