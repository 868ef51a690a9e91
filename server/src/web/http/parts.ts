/** As large as what the disk is written with: each step on the way there is taken a few times, not thousands. */
const PART_BYTES = 1024 * 1024;
/** Kept for the next ones. */
const MOST_SPARE = 16;

const spare: ArrayBufferLike[] = [];
const lent = new WeakSet<ArrayBufferLike>();

/** Memory for a part of a body. Whoever is the last to need the part gives it back, or it is garbage like any other. */
export function lendPart(): Buffer {
  const memory = spare.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES).buffer;
  lent.add(memory);
  return Buffer.from(memory);
}

/** For a buffer that may be a lent part, or a piece of one: nobody reads it any more. */
export function giveBack({ buffer }: Buffer): void {
  if (lent.delete(buffer) && spare.length < MOST_SPARE) spare.push(buffer);
}
