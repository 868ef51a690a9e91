import type { Readable } from 'node:stream';

/** The lines of a UTF-8 stream without their newlines; a torn last line is left out. */
export async function* lines(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
