import type { IncomingMessage } from 'node:http';
import { bytesPass } from '../../runtime/externalMemory.ts';
import { lendPart } from './parts.ts';

export interface LargeParts {
  readonly stream: ReadableStream<Uint8Array>;
  /** Nobody reads the rest: it is thrown away as it comes, so that the connection can be used again. */
  drop(): void;
}

const ignore = (): void => undefined;

/**
 * A request's body in large parts, lent ones; where the connection breaks it ends with what has come. It comes from
 * Node in buffers of 64 KB at most: what takes them one by one through several streams spends more on its steps and
 * their garbage than on the bytes.
 */
export function largeParts(req: IncomingMessage): LargeParts {
  let part: Buffer | undefined;
  let filled = 0;
  let sink: ReadableStreamDefaultController<Uint8Array>;
  const flush = (): void => {
    if (part) sink.enqueue(part.subarray(0, filled));
    part = undefined;
    filled = 0;
  };
  const take = (chunk: Buffer): void => {
    bytesPass(chunk.length);
    for (let from = 0; from < chunk.length;) {
      part ??= lendPart();
      const copied = chunk.copy(part, filled, from);
      from += copied;
      filled += copied;
      if (filled === part.length) flush();
    }
    if ((sink.desiredSize ?? 0) <= 0) req.pause();
  };
  const end = (): void => {
    flush();
    sink.close();
    drop();
  };
  const drop = (): void => {
    req.off('data', take).off('end', end).off('error', end).on('error', ignore).resume();
  };
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      sink = controller;
      req.on('data', take).on('end', end).on('error', end).pause();
    },
    pull: () => void req.resume(),
    cancel: drop,
  });
  return { stream, drop };
}
