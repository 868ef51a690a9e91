/** Writes, and says when to go on where the reader is slow: the server then waits too. */
export function write(stream: NodeJS.WriteStream, data: string | Uint8Array): void | Promise<void> {
  // A record is a view on a buffer that is used again; what the stream keeps must be its own.
  const own = typeof data === 'string' ? data : Buffer.from(data);
  if (stream.write(own) || stream.destroyed) return undefined;
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done).off('error', done);
      resolve();
    };
    stream.on('drain', done).on('close', done).on('error', done);
  });
}

/** The reader of our output went away (`| head`). */
export function whenPipeBreaks(act: () => void): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') act();
    });
}
