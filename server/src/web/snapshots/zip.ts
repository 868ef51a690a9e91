import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { ContentEntry } from './content.ts';

/** Parts of a zip in bytes: its application note 4.3. */
const HEADER = 30;
const DESCRIPTOR = 16;
const RECORD = 46;
const END = 22;
/** What each has more when sizes or places need 64 bits. */
const MORE = { descriptor: 8, record: 28, end: 76 } as const;
const MOST_32 = 0xffff_ffff;
const MOST_ENTRIES = 0xffff;
/** Checksums are computed piece by piece: few large pieces are faster. */
const READ_BYTES = 512 * 1024;

/** The size of the zip that {@link zipStream} makes of the same entries. */
export class ZipSize {
  #entries = 0;
  #content = 0;
  #directory = 0;

  add(entry: Pick<ContentEntry, 'name' | 'size'>): void {
    const name = Buffer.byteLength(entry.name);
    const is64 = entry.size >= MOST_32 || this.#content >= MOST_32;
    this.#entries++;
    this.#content += HEADER + name + entry.size + DESCRIPTOR + (is64 ? MORE.descriptor : 0);
    this.#directory += RECORD + name + (is64 ? MORE.record : 0);
  }

  get bytes(): number {
    const is64 = this.#entries >= MOST_ENTRIES || this.#content >= MOST_32 || this.#directory >= MOST_32;
    return this.#content + this.#directory + END + (is64 ? MORE.end : 0);
  }
}

/**
 * The entries as a zip, read while it is read; nothing is compressed, so that its size is known and the disk's speed is
 * its own. Destroying it closes what is open.
 */
export function zipStream(entries: AsyncGenerator<ContentEntry>): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (error: unknown): void => void output.destroy(error instanceof Error ? error : undefined);
  let open: Readable | undefined;
  const addNext = async (): Promise<void> => {
    const { value: entry, done } = await entries.next();
    if (output.destroyed) return;
    if (done) return zip.end();
    const { name, size, mtime, mode } = entry;
    // The next one is added when this one is under way: a hundred thousand files need no more memory than two.
    open = Readable.from(
      bytesOf(entry, () => addNext().catch(fail)),
      { objectMode: false },
    );
    open.on('error', fail);
    zip.addReadStream(open, name, { size, mtime, mode: mode & 0xffff, compress: false });
  };
  zip.on('error', fail);
  output.once('close', () => {
    open?.destroy();
    void entries.return(undefined);
  });
  addNext().catch(fail);
  return output;
}

async function* bytesOf(entry: ContentEntry, begun: () => Promise<void>): AsyncGenerator<Buffer> {
  const handle = await entry.open();
  try {
    for await (const part of handle.createReadStream({ autoClose: false, highWaterMark: READ_BYTES }))
      yield part as Buffer;
  } finally {
    await handle.close();
  }
  void begun();
}
