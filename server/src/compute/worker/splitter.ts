import { MAX_RECORD_PAYLOAD, RECORD_HEADER_BYTES } from '@farside/protocol';

/** A record as it came: its bytes are not copied, so a long one is in several parts. */
export interface RawRecord {
  /** 0 marks a transient record. */
  readonly seq: number;
  readonly type: string;
  readonly aux: number;
  readonly parts: readonly Buffer[];
}

/** Replies and acks are not cut like journaled records; still nothing sane is longer. */
const MAX_TRANSIENT_PAYLOAD = 64 * 1024 * 1024;

/** Cuts a stream of bytes into records without copying them. */
export class RecordSplitter {
  #parts: Buffer[] = [];
  #size = 0;

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#size += chunk.length;
  }

  /** The next whole record; undefined when more bytes are needed. Throws on what can not be a record. */
  next(): RawRecord | undefined {
    if (this.#size < RECORD_HEADER_BYTES) return undefined;
    const head = this.#head();
    const size = RECORD_HEADER_BYTES + head.readUInt32LE(0);
    const seq = Number(head.readBigUInt64LE(8));
    const limit = seq === 0 ? MAX_TRANSIENT_PAYLOAD : MAX_RECORD_PAYLOAD;
    if (size - RECORD_HEADER_BYTES > limit) throw new Error(`a record of ${size} bytes`);
    if (this.#size < size) return undefined;
    return {
      seq,
      type: String.fromCharCode(head[24] ?? 0),
      aux: head.readUInt32LE(28),
      parts: this.#take(size),
    };
  }

  /** The first part, joined with the next ones when a header was cut. */
  #head(): Buffer {
    let head = this.#parts[0] as Buffer;
    while (head.length < RECORD_HEADER_BYTES) {
      head = Buffer.concat(this.#parts.slice(0, 2));
      this.#parts.splice(0, 2, head);
    }
    return head;
  }

  #take(size: number): Buffer[] {
    const taken: Buffer[] = [];
    this.#size -= size;
    for (let left = size; left > 0;) {
      const part = this.#parts[0] as Buffer;
      if (part.length > left) {
        taken.push(part.subarray(0, left));
        this.#parts[0] = part.subarray(left);
        return taken;
      }
      taken.push(part);
      this.#parts.shift();
      left -= part.length;
    }
    return taken;
  }
}

/** The payload in one piece; copies only when it came in several. */
export function payloadOf(record: RawRecord): Buffer {
  const [only, ...more] = record.parts;
  const whole = more.length === 0 && only ? only : Buffer.concat(record.parts);
  return whole.subarray(RECORD_HEADER_BYTES);
}
