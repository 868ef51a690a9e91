import { open, rename, rm } from 'node:fs/promises';

/** Writes a file of this machine: beside its place first, so that one that is there stays whole until the end. */
export async function toDisk(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  onBytes?: (written: number) => void,
): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w');
  try {
    let size = 0;
    for await (const piece of pieces) {
      // All of it; write() may stop in the middle when the disk gets full.
      await file.writeFile(piece);
      onBytes?.((size += piece.length));
    }
    await file.close();
    await rename(part, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}
