import { FarsideError } from '@farside/protocol';

/** Parts of a reply, each waited for no longer than the limit, and no longer than the caller wants. */
export interface WatchedReader {
  /** The next part; undefined at the end. Throws `timedOut`, `cancelled`, and what the connection says. */
  next(): Promise<Uint8Array | undefined>;
  /** Closes the connection. Not waited for: a dead one would never say that it is closed. */
  close(): void;
}

/** One timer and one listener for the whole reply: a large one has tens of thousands of parts. */
export function watched(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limitMs: number,
  signal?: AbortSignal,
): WatchedReader {
  let why: FarsideError | undefined;
  let waits = false;
  // What is read for is over at once when its stream is given up.
  const stop = (error: FarsideError): void => {
    why ??= error;
    void reader.cancel().catch(() => undefined);
  };
  const cancelled = (): void => stop(new FarsideError('cancelled', { what: 'The request' }));
  // While the caller is busy with a part nothing is waited for.
  const late = (): void => {
    if (waits) stop(new FarsideError('timedOut', { what: 'The rest of a reply', seconds: limitMs / 1000 }));
  };
  const timer = setTimeout(late, limitMs);
  if (signal?.aborted) cancelled();
  signal?.addEventListener('abort', cancelled);
  return {
    async next() {
      waits = true;
      timer.refresh();
      try {
        const { done, value } = await reader.read();
        if (why) throw why;
        return done ? undefined : value;
      } catch (error) {
        throw why ?? error;
      } finally {
        waits = false;
      }
    },
    close() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancelled);
      void reader.cancel().catch(() => undefined);
    },
  };
}
