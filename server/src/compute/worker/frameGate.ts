import { FarsideError, FRAME_HEADER_BYTES, FrameType, MAX_FRAME_PAYLOAD } from '@farside/protocol';

/** What a reader may send to a worker; attaching is the compute node's own. */
const ALLOWED = new Set<number>(
  [FrameType.input, FrameType.interrupt, FrameType.eof, FrameType.end, FrameType.call].map((type) =>
    type.charCodeAt(0),
  ),
);

/** Checks the headers of a stream of frames as it passes; payloads are not touched. */
export class FrameGate {
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #have = 0;
  #payloadLeft = 0;

  /** Throws when the chunk holds the beginning of a frame that must not pass. */
  check(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#payloadLeft > 0) {
        const step = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= step;
        at += step;
        continue;
      }
      const step = chunk.copy(this.#header, this.#have, at, at + FRAME_HEADER_BYTES - this.#have);
      this.#have += step;
      at += step;
      if (this.#have === FRAME_HEADER_BYTES) this.#begin();
    }
  }

  #begin(): void {
    const size = this.#header.readUInt32LE(0);
    const type = this.#header[4] ?? 0;
    if (!ALLOWED.has(type)) throw new FarsideError('badRequest', { reason: `no frame has type ${type}` });
    if (size > MAX_FRAME_PAYLOAD) throw new FarsideError('frameTooLarge', { size, limit: MAX_FRAME_PAYLOAD });
    this.#payloadLeft = size;
    this.#have = 0;
  }
}
