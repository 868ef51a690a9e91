import { open, stat, type FileHandle } from 'node:fs/promises';
import { findRecord, look, MAX_RECORD_BYTES, scanRun } from './scan.ts';
import { listSegments, segmentOf, type Segment } from './segments.ts';
import { tombstone } from './tombstone.ts';

/** Bytes read at once: the memory one reader takes. Must hold two of the longest records to find one behind damage. */
export const READ_BYTES = 2 * MAX_RECORD_BYTES;

/**
 * Reads a journal from its files with a cursor, in bounded memory and at its reader's pace. Damage never stops
 * it: the records that are lost are named by a tombstone when a good one follows. A torn end is not damage, it
 * is still being written.
 */
export class JournalReader {
  readonly #dir: string;
  #cursor: number;
  #segment: Segment | undefined;
  #file: FileHandle | undefined;
  #position = 0;
  /** Taken for the next read; given away with the records in it, until {@link giveBack}. */
  #scratch: Buffer | undefined;

  /** `cursor` is the last sequence number that is not wanted (any more). */
  constructor(dir: string, cursor: number) {
    this.#dir = dir;
    this.#cursor = cursor;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Where the last record read ends; what stands behind it is torn or still to come. */
  get end(): { path: string; position: number } | undefined {
    return this.#segment && { path: this.#segment.path, position: this.#position };
  }

  /** Goes on behind a record that came by another way. */
  skipTo(cursor: number): void {
    this.#cursor = Math.max(this.#cursor, cursor);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#segment = undefined;
    await file?.close();
  }

  /**
   * Hands back what {@link read} gave, to be written over by the next read. Without it each read takes new memory,
   * and a reader far behind fills a process with garbage faster than it is collected.
   */
  giveBack(run: Buffer): void {
    if (run.buffer.byteLength === READ_BYTES) this.#scratch ??= Buffer.from(run.buffer, 0, READ_BYTES);
  }

  /** The next records, whole and without a gap; undefined at the end of what is there now. */
  async read(): Promise<Buffer | undefined> {
    if (!this.#file && !(await this.#openAt(this.#cursor + 1))) return undefined;
    for (;;) {
      const bytes = await this.#bytes();
      const run = scanRun(bytes, this.#cursor);
      this.#position += run.end;
      this.#cursor = run.cursor;
      if (run.start < run.end) {
        this.#scratch = undefined;
        return bytes.subarray(run.start, run.end);
      }
      if (run.stop === 'partial' && run.end > 0) continue;
      const lost = run.stop === 'gap' ? this.#lostBefore(bytes, run.end) : await this.#nextGood(run.stop);
      if (lost === 'again') continue;
      if (!lost) this.#scratch = undefined;
      return lost;
    }
  }

  /** What stands at the position; valid until the next call. */
  async #bytes(at = this.#position): Promise<Buffer> {
    const buffer = (this.#scratch ??= Buffer.allocUnsafeSlow(READ_BYTES));
    const result = await this.#file?.read(buffer, 0, READ_BYTES, at);
    return buffer.subarray(0, result?.bytesRead ?? 0);
  }

  #lostBefore(bytes: Buffer, offset: number): Buffer | 'again' {
    const found = look(bytes, offset);
    return found.is === 'record' ? this.#lose(found.first) : 'again';
  }

  /** Names the records up to `seq`, the next good one. */
  #lose(seq: number): Buffer | 'again' {
    const from = this.#cursor + 1;
    if (seq <= from) return 'again';
    this.#cursor = seq - 1;
    return tombstone(from, seq - 1, 'damage');
  }

  /**
   * At the end of a segment's good part: the next record is in another file, or in what was put in the place of
   * this one; else there is a good record behind the damage here, or a next segment, or nothing yet.
   */
  async #nextGood(stop: 'partial' | 'damage'): Promise<Buffer | 'again' | undefined> {
    const segments = await listSegments(this.#dir);
    const holder = segmentOf(segments, this.#cursor + 1);
    if (holder && holder.first <= this.#cursor + 1 && !(await this.#isOpen(holder))) {
      await this.#openSegment(holder);
      return 'again';
    }
    const next = segments.find(({ first }) => first > this.#cursor + 1);
    // The segment may have grown before the next one was begun: look once more now that it is closed.
    const again = scanRun(await this.#bytes(), this.#cursor);
    if (again.end > 0) return 'again';
    if (stop === 'damage' || next) {
      const first = await this.#seek();
      if (first !== undefined) return this.#lose(first);
    }
    if (!next) return undefined;
    return (await this.#openSegment(next)) ? this.#lose(next.first) : 'again';
  }

  /** Whether the file we read is the one that has this name now: the worker replaces segments to keep its bound. */
  async #isOpen({ first, path }: Segment): Promise<boolean> {
    if (this.#segment?.first !== first) return false;
    const [ours, there] = await Promise.all([this.#file?.stat(), stat(path).catch(() => undefined)]);
    return ours !== undefined && ours.ino === there?.ino && ours.dev === there.dev;
  }

  /** Moves to the first good record behind the damage and tells the first number it stands for. */
  async #seek(): Promise<number | undefined> {
    for (let base = this.#position; ; base += READ_BYTES - MAX_RECORD_BYTES) {
      const bytes = await this.#bytes(base);
      const at = findRecord(bytes, 0, this.#cursor);
      const found = at < 0 ? undefined : look(bytes, at);
      if (found?.is === 'record') {
        this.#position = base + at;
        return found.first;
      }
      if (bytes.length < READ_BYTES) return undefined;
    }
  }

  async #openAt(seq: number): Promise<boolean> {
    for (;;) {
      const segment = segmentOf(await listSegments(this.#dir), seq);
      if (!segment) return false;
      if (await this.#openSegment(segment)) return true;
    }
  }

  /** False when the segment is gone: what is kept of it is in the one before it by now. */
  async #openSegment(segment: Segment): Promise<boolean> {
    await this.close();
    try {
      this.#file = await open(segment.path, 'r');
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    this.#segment = segment;
    this.#position = 0;
    return true;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
