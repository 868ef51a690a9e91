import { openSync, readSync, closeSync, existsSync, fstatSync } from 'node:fs';

const NEWLINE = 10;
/** How far a line is looked for when the streams differ. */
const SEARCH_BYTES = 4 * 1024 * 1024;
/** Seen, but not yet in the truth: R writes it there a moment later. */
const MAX_AHEAD = 8 * 1024 * 1024;
const MAX_NOTES = 5;

export interface Difference {
  /** Bytes compared, lost, seen twice, and seen though never written. */
  readonly bytes: number;
  readonly lost: number;
  readonly doubled: number;
  readonly foreign: number;
  readonly notes: readonly string[];
}

/**
 * Compares what a client sees with the file that R wrote, as it comes, in bounded memory. Empty lines are R's own:
 * it begins a new line after an interrupt.
 */
export class Comparer {
  readonly #path: string;
  readonly #notes: string[] = [];
  #fd: number | undefined;
  #offset: number;
  #ahead = Buffer.alloc(0);
  #last = NEWLINE;
  #bytes = 0;
  #lost = 0;
  #doubled = 0;
  #foreign = 0;

  /** `offset`: where in the file this client begins. */
  constructor(path: string, offset = 0) {
    this.#path = path;
    this.#offset = offset;
  }

  /** Offset in the file behind all that was taken, when no difference was found. */
  get position(): number {
    return this.#offset + this.#ahead.length;
  }

  take(chunk: Uint8Array): void {
    const kept = this.#withoutEmptyLines(chunk);
    if (kept.length === 0) return;
    this.#ahead = this.#ahead.length === 0 ? Buffer.from(kept) : Buffer.concat([this.#ahead, kept]);
    this.#compare();
    if (this.#ahead.length > MAX_AHEAD) this.#drop(this.#ahead.length, 'far ahead of the truth');
  }

  /**
   * No more comes. `slack`: bytes that may be in one of the two only, at their ends, because R was killed between
   * writing the one and the other. `partial`: the client went before the end.
   */
  finish({ slack = 0, partial = false } = {}): Difference {
    this.#compare();
    const rest = partial ? 0 : this.#size() - this.#offset;
    if (this.#ahead.length > slack) this.#drop(this.#ahead.length, 'behind the end of the truth');
    if (rest > slack) {
      this.#lost += rest;
      this.#note(`the last ${rest} bytes of the truth were not seen`);
    }
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    const [bytes, lost, doubled, foreign] = [this.#bytes, this.#lost, this.#doubled, this.#foreign];
    return { bytes, lost, doubled, foreign, notes: this.#notes };
  }

  #withoutEmptyLines(chunk: Uint8Array): Buffer {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const parts: Buffer[] = [];
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      if ((at === 0 ? this.#last : bytes[at - 1]) !== NEWLINE) continue;
      parts.push(bytes.subarray(from, at));
      from = at + 1;
    }
    if (bytes.length > 0) this.#last = bytes[bytes.length - 1] ?? NEWLINE;
    parts.push(bytes.subarray(from));
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  #compare(): void {
    while (this.#ahead.length > 0) {
      const truth = this.#read(this.#offset, this.#ahead.length);
      if (truth.length === 0) return;
      const same = commonLength(truth, this.#ahead);
      if (same === truth.length) this.#advance(same);
      else if (!this.#resync(same)) return;
    }
  }

  #advance(count: number): void {
    this.#offset += count;
    this.#bytes += count;
    this.#ahead = this.#ahead.subarray(count);
  }

  /** Finds out whether the line that differs is from later (some were lost) or from before (it came twice). */
  #resync(same: number): boolean {
    const start = this.#ahead.lastIndexOf(NEWLINE, Math.max(0, same - 1)) + 1;
    const begin = same === 0 ? 0 : start;
    const end = this.#ahead.indexOf(NEWLINE, same);
    if (end < 0) return false;
    this.#advance(begin);
    const line = Buffer.concat([Buffer.of(NEWLINE), this.#ahead.subarray(0, end + 1 - begin)]);
    const text = line.toString('utf8').trim().slice(0, 80);
    // From the newline before, so that only whole lines are found.
    const found = this.#read(Math.max(0, this.#offset - 1), SEARCH_BYTES).indexOf(line);
    if (found >= 0) {
      const later = this.#offset === 0 ? found + 1 : found;
      this.#lost += later;
      this.#note(`${later} bytes are missing before "${text}"`);
      this.#offset += later;
      return true;
    }
    const from = Math.max(0, this.#offset - SEARCH_BYTES);
    const before = this.#read(from, this.#offset - from);
    if (before.includes(line) || (from === 0 && before.indexOf(line.subarray(1)) === 0)) {
      this.#doubled += line.length - 1;
      this.#note(`"${text}" came again`);
      this.#ahead = this.#ahead.subarray(line.length - 1);
    } else this.#drop(line.length - 1, `not written by R: "${text}"`);
    return true;
  }

  #drop(count: number, why: string): void {
    this.#foreign += count;
    this.#note(why);
    this.#ahead = this.#ahead.subarray(count);
  }

  #note(text: string): void {
    if (this.#notes.length < MAX_NOTES) this.#notes.push(`${text} (at byte ${this.#offset})`);
  }

  #open(): number | undefined {
    if (this.#fd === undefined && existsSync(this.#path)) this.#fd = openSync(this.#path, 'r');
    return this.#fd;
  }

  #size(): number {
    const fd = this.#open();
    return fd === undefined ? 0 : fstatSync(fd).size;
  }

  #read(at: number, length: number): Buffer {
    const fd = this.#open();
    if (fd === undefined || length <= 0) return Buffer.alloc(0);
    const buffer = Buffer.allocUnsafe(length);
    return buffer.subarray(0, readSync(fd, buffer, 0, length, at));
  }
}

function commonLength(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length);
  if (a.compare(b, 0, length, 0, length) === 0) return length;
  let at = 0;
  while (a[at] === b[at]) at++;
  return at;
}
