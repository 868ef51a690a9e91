import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { encodeRecord, RECORD_HEADER_BYTES, RecordType, toUtf8, type Tombstone } from '@farside/protocol';
import type { RawRecord } from '../worker/splitter.ts';
import type { RecordSink } from './follower.ts';
import { MAX_RECORD_BYTES } from './scan.ts';
import { listSegments, type Segment } from './segments.ts';

const AT_SEQ = 8;
const AT_TIME = 16;
const AT_TYPE = 24;
/** Read at once where only headers are wanted. */
const LOOK_BYTES = 256 * 1024;
const OUTPUT: ReadonlySet<number> = new Set(
  [RecordType.stdout, RecordType.stderr, RecordType.childStdout, RecordType.childStderr].map((type) =>
    type.charCodeAt(0),
  ),
);

/**
 * The first record from which about `tail` bytes of output remain, the newest record of output in any case; 1 when there
 * is not more than that behind the cursor. Looks at headers only, newest segment first, and at no more segments than it
 * needs.
 */
export async function tailStart(journal: string, cursor: number, tail: number): Promise<number> {
  let room = tail;
  let hasSome = false;
  for (const segment of (await listSegments(journal)).reverse()) {
    const sizes = await outputOf(segment, cursor);
    for (let i = sizes.length - 2; i >= 0; i -= 2) {
      room -= sizes[i + 1] ?? 0;
      if (room < 0 && hasSome) return (sizes[i] ?? 0) + 1;
      hasSome = true;
    }
    if (segment.first <= cursor + 1) break;
  }
  return 1;
}

/** Number and payload size of each output record behind the cursor, in pairs. */
async function outputOf({ path }: Segment, cursor: number): Promise<number[]> {
  const out: number[] = [];
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return out;
  try {
    const buffer = Buffer.allocUnsafe(LOOK_BYTES);
    for (let position = 0; ;) {
      const { bytesRead } = await file.read(buffer, 0, LOOK_BYTES, position);
      let at = 0;
      while (bytesRead - at >= RECORD_HEADER_BYTES) {
        const size = buffer.readUInt32LE(at);
        // Damage: what stands in front of it is not looked at; it is sent as it is.
        if (size + RECORD_HEADER_BYTES > MAX_RECORD_BYTES) return out;
        const seq = Number(buffer.readBigUInt64LE(at + AT_SEQ));
        if (seq > cursor && OUTPUT.has(buffer[at + AT_TYPE] ?? 0)) out.push(seq, size);
        at += RECORD_HEADER_BYTES + size;
      }
      if (bytesRead < RECORD_HEADER_BYTES || at === 0) return out;
      position += at;
    }
  } finally {
    await file.close();
  }
}

/**
 * Leaves out the output records before `start` and names each run of them by a tombstone; everything else passes as it
 * came. Takes whole records until {@link end}.
 */
export class SkippingSink implements RecordSink {
  readonly #sink: RecordSink;
  #start: number;
  #left: { from: number; to: number; bytes: number; time: number } | undefined;

  constructor(sink: RecordSink, start: number) {
    this.#sink = sink;
    this.#start = start;
  }

  records(bytes: Buffer): void {
    if (this.#start === 0) return this.#sink.records(bytes);
    let [kept, at] = [0, 0];
    while (bytes.length - at >= RECORD_HEADER_BYTES) {
      const seq = Number(bytes.readBigUInt64LE(at + AT_SEQ));
      const size = RECORD_HEADER_BYTES + bytes.readUInt32LE(at);
      if (seq >= this.#start) {
        this.#pass(bytes.subarray(kept, at));
        this.end();
        return this.#sink.records(bytes.subarray(at));
      }
      if (OUTPUT.has(bytes[at + AT_TYPE] ?? 0)) {
        this.#pass(bytes.subarray(kept, at));
        this.#leaveOut(seq, size - RECORD_HEADER_BYTES, Number(bytes.readBigUInt64LE(at + AT_TIME)));
        kept = at + size;
      } else this.#nameLeft();
      at += size;
    }
    this.#pass(bytes.subarray(kept));
  }

  transient(record: RawRecord): void {
    this.end();
    this.#sink.transient(record);
  }

  flush(): Promise<void> | undefined {
    return this.#sink.flush();
  }

  /** From here on everything passes. */
  end(): void {
    this.#nameLeft();
    this.#start = 0;
  }

  #pass(bytes: Buffer): void {
    if (bytes.length > 0) this.#sink.records(bytes);
  }

  #leaveOut(seq: number, bytes: number, time: number): void {
    if (this.#left) Object.assign(this.#left, { to: seq, bytes: this.#left.bytes + bytes });
    else this.#left = { from: seq, to: seq, bytes, time };
  }

  #nameLeft(): void {
    if (!this.#left) return;
    const { time, ...range } = this.#left;
    this.#left = undefined;
    const payload = toUtf8(JSON.stringify({ ...range, reason: 'skipped' } satisfies Tombstone));
    const fields = { seq: range.to, time, type: RecordType.tombstone, payload };
    this.#sink.records(Buffer.from(encodeRecord(fields, crc32)));
  }
}
