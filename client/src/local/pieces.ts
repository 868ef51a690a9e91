/** R reads its console so many bytes at a time, and asks with a prompt for each piece. */
export const PIECE_BYTES = 4095;
/** More blanks than this would be needed only by lines that no blank helps. */
const MAX_PAD = 8;

/** How many prompts R gives for one line, its line end included. */
export const promptsFor = (line: string): number =>
  Math.max(1, Math.ceil((Buffer.byteLength(line) + 1) / PIECE_BYTES));

/**
 * A long line as R can read it: R refuses a piece that ends inside a character, and blanks in front move the ends.
 * Only for a line at the top level, where blanks mean nothing.
 */
export function readable(line: string): string {
  if (Buffer.byteLength(line) < PIECE_BYTES) return line;
  const bytes = Buffer.from(line);
  for (let pad = 0; pad <= MAX_PAD; pad++) if (fits(bytes, pad)) return ' '.repeat(pad) + line;
  return line;
}

function fits(bytes: Uint8Array, pad: number): boolean {
  for (let end = PIECE_BYTES - pad; end < bytes.length; end += PIECE_BYTES)
    if (((bytes[end] ?? 0) & 0xc0) === 0x80) return false;
  return true;
}
