import type { FarsideClient } from '@farside/client';

/** Hears how many bytes have come so far. */
export type OnBytes = (bytes: number) => void;

/** The journal of a session as text, piece by piece. @throws FarsideError */
export const journalText = (
  client: FarsideClient,
  session: string,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> =>
  client.stream('sessionJournal', { params: { id: session }, query: { format: 'text' }, signal });

/** The whole text; undefined as soon as it is longer than `limit` bytes. @throws FarsideError */
export async function journalUpTo(
  limit: number,
  pieces: AsyncIterable<Uint8Array>,
  onBytes?: OnBytes,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > limit) return undefined;
    parts.push(piece);
    onBytes?.(size);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
