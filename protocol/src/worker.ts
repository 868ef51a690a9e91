import { encodeInput, type InputPayload } from './payloads.ts';
import { view } from './record.ts';
import { toUtf8 } from './utf8.ts';

/**
 * Frames to a worker, on its Unix socket `ctl.sock` in the session directory, and on the attach stream from a
 * web node to a compute node, which passes all but `attach` on. Layout: payload length u32, type u8, payload.
 */
export const FrameType = {
  /** mode u8 ({@link AttachMode}), cursor u64: the last sequence number the reader has. */
  attach: 'A',
  /** An input: see InputPayload. */
  input: 'L',
  /** Interrupt R and its child processes, discard queued input. level u8: 1 interrupt, 2 stronger (also terminates children). */
  interrupt: 'I',
  /** End of input. */
  eof: 'Z',
  /** End the session. grace in ms u32, flags u8 ({@link EndFlag}; since protocol 2, absent: 0). */
  end: 'E',
  /** Out-of-band call: id u32, budget in ms u32 (waiting for idle and running together), R expression text. */
  call: 'X',
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** none: no pushes. control: all records but output (o e c d). all: every record. */
export const AttachMode = { none: 0, control: 1, all: 2 } as const;
export type AttachMode = (typeof AttachMode)[keyof typeof AttachMode];

export const FRAME_HEADER_BYTES = 5;
/** One input is capped; a larger one is refused with a clear error. */
export const MAX_INPUT_BYTES = 16 * 1024 * 1024;
export const MAX_FRAME_PAYLOAD = MAX_INPUT_BYTES + 64 * 1024;
/** The worker protocol's version, in its hello. */
export const WORKER_PROTOCOL = 2;
/** Workers of this version, started before an upgrade, are still served. */
export const OLDEST_WORKER_PROTOCOL = 1;
/** saveWorkspace: R writes its global environment to `workspace.RData` in the session directory before it ends, if it can. */
export const EndFlag = { saveWorkspace: 1 } as const;

export function encodeFrame(type: FrameType, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const out = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  view(out).setUint32(0, payload.length, true);
  out[4] = type.charCodeAt(0);
  out.set(payload, FRAME_HEADER_BYTES);
  return out;
}

export function attachFrame(mode: AttachMode, cursor: number): Uint8Array {
  const payload = new Uint8Array(9);
  payload[0] = mode;
  view(payload).setBigUint64(1, BigInt(cursor), true);
  return encodeFrame(FrameType.attach, payload);
}

export const inputFrame = (input: InputPayload): Uint8Array =>
  encodeFrame(FrameType.input, encodeInput(input));
export const interruptFrame = (level: 1 | 2): Uint8Array =>
  encodeFrame(FrameType.interrupt, Uint8Array.of(level));
export const eofFrame = (): Uint8Array => encodeFrame(FrameType.eof);

export function endFrame(graceMs: number, flags = 0): Uint8Array {
  const payload = new Uint8Array(flags === 0 ? 4 : 5);
  view(payload).setUint32(0, graceMs, true);
  if (flags !== 0) payload[4] = flags;
  return encodeFrame(FrameType.end, payload);
}

export function callFrame(id: number, budgetMs: number, code: string): Uint8Array {
  const text = toUtf8(code);
  const payload = new Uint8Array(8 + text.length);
  view(payload).setUint32(0, id, true);
  view(payload).setUint32(4, budgetMs, true);
  payload.set(text, 8);
  return encodeFrame(FrameType.call, payload);
}
