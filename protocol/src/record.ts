/**
 * The journal record: the same 32-byte header and payload on disk, on the worker's socket, between the
 * nodes and on the way to a client. Little-endian. Platform-free: Uint8Array and DataView only.
 *
 * | offset | field   | type | meaning                                                         |
 * |--------|---------|------|-----------------------------------------------------------------|
 * | 0      | len     | u32  | payload bytes, at most {@link MAX_RECORD_PAYLOAD}               |
 * | 4      | crc     | u32  | CRC-32 (zlib) of header bytes 8..31 and the payload; 0 on transient records |
 * | 8      | seq     | u64  | 1, 2, 3 … without gaps; 0 marks a transient record (not journaled) |
 * | 16     | time    | u64  | µs since 1970 (wall clock)                                      |
 * | 24     | type    | u8   | {@link RecordType}, an ASCII letter                             |
 * | 25     | flag    | u8   | depends on the type                                             |
 * | 26     | version | u16  | {@link RECORD_VERSION}                                          |
 * | 28     | aux     | u32  | depends on the type                                             |
 */
export const RECORD_HEADER_BYTES = 32;
export const RECORD_VERSION = 1;
/** Larger output is split; a reader may refuse anything longer as damage. */
export const MAX_RECORD_PAYLOAD = 256 * 1024;
/** A segment file is named by its first sequence number, 16 hex digits, and closed at this size. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

/** Journaled records (seq > 0). */
export const RecordType = {
  /** Worker started. Payload: JSON {@link Hello}. */
  hello: 'H',
  /** Text R wrote to its standard output, UTF-8, cut anywhere. */
  stdout: 'o',
  /** Text R wrote to its standard error. */
  stderr: 'e',
  /** Bytes of child processes and C-level printf. Descriptors 1 and 2 share a pipe, which keeps their order. */
  childStdout: 'c',
  /** Bytes that arrived on file descriptor 2 of a worker that keeps the two apart; this one does not. */
  childStderr: 'd',
  /** Input accepted, before R reads it. Payload: {@link InputPayload}. aux: 1 when a record with more of its text follows (same id, no display). */
  accepted: 'A',
  /** One line of an input read by R. flag: {@link PromptKind}; aux: 1 when it is the input's last line. Payload: {@link ConsumedPayload}. */
  consumed: 'I',
  /** The unread rest of an input dropped. flag: 'i' interrupt, 'e' the session ended. Payload: client u64, counter u32. */
  discarded: 'D',
  /** R waits for input. flag: {@link PromptKind}. Payload: the prompt's text. */
  prompt: 'P',
  /** R jumped to top level. flag: 'i' after an interrupt, else 'e' after an error. */
  reset: 'E',
  /** A plot page is new or changed. Payload: JSON {@link PlotPage}. */
  plot: 'G',
  /**
   * flag: {@link ShowFlag}. Output between a begin and its end is the text form of what the begin describes (payload:
   * JSON `Shown`); a reader that shows it better leaves that text out. A prompt or a reset ends it as well.
   */
  show: 'V',
  /** The session begins to end. aux: grace in ms. Payload: reason text. */
  ending: 'S',
  /** The last record. Payload: JSON {@link Final}. Written by the worker, or by the supervisor after a SIGKILL. */
  final: 'Q',
  /** Names a range of records that is not there, and has the number of the last. Payload: JSON {@link Tombstone}. */
  tombstone: 'T',
} as const;
export type RecordType = (typeof RecordType)[keyof typeof RecordType];

/** Transient records (seq 0), worker or compute node to reader. */
export const TransientType = {
  /** Input acknowledged. aux: 1 when it had been accepted before. Payload: client u64, counter u32. */
  ack: 'a',
  /** Input refused. Payload: client u64, counter u32, reason text. */
  refused: 'n',
  /** Reply to an out-of-band call. aux: 1 when more parts follow. Payload: id u32, status u8 ({@link CallStatus}), bytes. */
  reply: 'R',
  /** The reader fell behind: go on from the file. Payload: last seq u64. Worker to compute node only. */
  lag: 'l',
  /** Everything up to this seq was sent, from here on live. Payload: last seq u64. */
  live: 'v',
} as const;
export type TransientType = (typeof TransientType)[keyof typeof TransientType];

/** What R waits for, as R itself knows it. */
export const PromptKind = {
  top: 't',
  continuation: '+',
  /** readline(), scan(), "Hit <Return>" and everything else read without history. */
  readline: 'r',
  /** menu(), recover(): a numbered selection. */
  menu: 'm',
  browser: 'b',
} as const;
export type PromptKind = (typeof PromptKind)[keyof typeof PromptKind];

export const ShowFlag = { begin: 's', end: 'e' } as const;
export type ShowFlag = (typeof ShowFlag)[keyof typeof ShowFlag];

export const CallStatus = { error: 0, ok: 1, busy: 2, timeout: 3 } as const;
export type CallStatus = (typeof CallStatus)[keyof typeof CallStatus];

export interface JournalRecord {
  readonly seq: number;
  /** µs since 1970. */
  readonly time: number;
  readonly type: string;
  readonly flag: number;
  readonly aux: number;
  /** A view on the buffer given to the decoder: copy it to keep it. */
  readonly payload: Uint8Array;
}

/** Reads the header at `offset`; null when fewer than 32 bytes are there. */
export function recordLength(bytes: Uint8Array, offset: number): number | null {
  if (bytes.length - offset < RECORD_HEADER_BYTES) return null;
  return RECORD_HEADER_BYTES + view(bytes).getUint32(offset, true);
}

/** Decodes the whole record at `offset`, whose length {@link recordLength} has given. */
export function decodeRecord(bytes: Uint8Array, offset: number): JournalRecord {
  const v = view(bytes);
  const start = offset + RECORD_HEADER_BYTES;
  return {
    seq: Number(v.getBigUint64(offset + 8, true)),
    time: Number(v.getBigUint64(offset + 16, true)),
    type: String.fromCharCode(bytes[offset + 24] ?? 0),
    flag: bytes[offset + 25] ?? 0,
    aux: v.getUint32(offset + 28, true),
    payload: bytes.subarray(start, start + v.getUint32(offset, true)),
  };
}

export interface RecordFields {
  seq?: number;
  time?: number;
  type: string;
  flag?: number;
  aux?: number;
  payload?: Uint8Array;
}

/** Encodes one record. `crc` computes zlib's CRC-32; leave it out for transient records. */
export function encodeRecord(fields: RecordFields, crc?: (bytes: Uint8Array) => number): Uint8Array {
  const payload = fields.payload ?? new Uint8Array(0);
  const out = new Uint8Array(RECORD_HEADER_BYTES + payload.length);
  const v = view(out);
  v.setUint32(0, payload.length, true);
  v.setBigUint64(8, BigInt(fields.seq ?? 0), true);
  v.setBigUint64(16, BigInt(fields.time ?? 0), true);
  out[24] = fields.type.charCodeAt(0);
  out[25] = fields.flag ?? 0;
  v.setUint16(26, RECORD_VERSION, true);
  v.setUint32(28, fields.aux ?? 0, true);
  out.set(payload, RECORD_HEADER_BYTES);
  if (crc) v.setUint32(4, crc(out.subarray(8)), true);
  return out;
}

export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
