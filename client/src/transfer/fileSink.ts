import type { FileHandle } from 'node:fs/promises';

/** Written at once. */
const PIECE_BYTES = 1024 * 1024;

/** Writes what comes in small parts to a file in large pieces: one is gathered while another is being written. */
export class FileSink {
  readonly #file: FileHandle;
  #parts: Uint8Array[] = [];
  #size = 0;
  #at: number;
  #writing: Promise<void> = Promise.resolve();

  /** `at`: where the first byte goes. */
  constructor(file: FileHandle, at: number) {
    this.#file = file;
    this.#at = at;
  }

  /** Takes a part; to be waited for before the next one. Rejects with what the disk said, also of earlier parts. */
  take(part: Uint8Array): Promise<void> | undefined {
    this.#parts.push(part);
    this.#size += part.length;
    return this.#size < PIECE_BYTES ? undefined : this.#turn();
  }

  /** All that was taken is in the file. */
  async end(): Promise<void> {
    await this.#turn();
    await this.#writing;
  }

  async #turn(): Promise<void> {
    await this.#writing;
    this.#writing = this.#write(this.#parts, this.#size, this.#at);
    // Told to the next who waits for it.
    this.#writing.catch(() => undefined);
    this.#at += this.#size;
    this.#parts = [];
    this.#size = 0;
  }

  async #write(parts: Uint8Array[], size: number, at: number): Promise<void> {
    let { bytesWritten: done } = await this.#file.writev(parts, at);
    if (done === size) return;
    for (const whole = Buffer.concat(parts); done < size;)
      done += (await this.#file.write(whole, done, size - done, at + done)).bytesWritten;
  }
}
