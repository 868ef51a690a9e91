import { MAX_RECORD_PAYLOAD, MESSAGE_BYTES, RecordType, recordLength } from '@farside/protocol';

/** Replies and acks are not cut like journaled records; still nothing sane is longer. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;
/** From here on nothing more is read for a client that does not take what is there. */
export const HIGH_WATER_BYTES = 2 * MESSAGE_BYTES + MAX_RECORD_PAYLOAD;
const TYPE_OFFSET = 24;

/** Cuts a stream into messages of whole records, copying a byte at most twice and never looking inside. */
export class RecordBatch {
  /** Regions of whole records, in order. */
  #whole: Buffer[] = [];
  #wholeBytes = 0;
  /** The beginning of a record, and how many bytes are needed before looking again. */
  #torn: Buffer[] = [];
  #tornBytes = 0;
  #needed = 0;
  #lastType = '';

  push(chunk: Buffer): void {
    this.#torn.push(chunk);
    this.#tornBytes += chunk.length;
    if (this.#tornBytes < this.#needed) return;
    const bytes = this.#torn.length === 1 ? chunk : Buffer.concat(this.#torn);
    const end = this.#scan(bytes);
    if (end > 0) this.#whole.push(bytes.subarray(0, end));
    this.#wholeBytes += end;
    this.#torn = end < bytes.length ? [bytes.subarray(end)] : [];
    this.#tornBytes = bytes.length - end;
  }

  /** Bytes of whole records that wait. */
  get ready(): number {
    return this.#wholeBytes;
  }

  /** All bytes held. */
  get held(): number {
    return this.#wholeBytes + this.#tornBytes;
  }

  /** Whether the session's last record came by. */
  get sawFinal(): boolean {
    return this.#lastType === RecordType.final;
  }

  /** The next message: about {@link MESSAGE_BYTES}, more only by one region of the stream. */
  take(): Buffer {
    const parts: Buffer[] = [];
    let size = 0;
    while (size < MESSAGE_BYTES) {
      const part = this.#whole.shift();
      if (!part) break;
      parts.push(part);
      size += part.length;
    }
    this.#wholeBytes -= size;
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  /** Where the last whole record ends; notes what the next one needs. */
  #scan(bytes: Buffer): number {
    for (let at = 0; ;) {
      const length = recordLength(bytes, at);
      if (length !== null && length > MAX_RECORD_BYTES) throw new Error(`a record of ${length} bytes`);
      if (length === null || at + length > bytes.length) {
        this.#needed = length ?? 0;
        return at;
      }
      this.#lastType = String.fromCharCode(bytes[at + TYPE_OFFSET] ?? 0);
      at += length;
    }
  }
}
