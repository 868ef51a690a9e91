import { z } from 'zod';
import { view } from './record.ts';
import { fromUtf8, toUtf8 } from './utf8.ts';

/**
 * A payload of JSON; undefined when it is not what it should be. The worker is R code's neighbour: what it says is
 * checked, and nonsense is not fatal.
 */
export function readPayload<T>(schema: z.ZodType<T>, payload: Uint8Array): T | undefined {
  try {
    return schema.safeParse(JSON.parse(fromUtf8(payload))).data;
  } catch {
    return undefined;
  }
}

/** Payload of a hello record: what the worker is. */
export const Hello = z.object({
  /** Version of this record and frame protocol; the server also supports the previous one. */
  protocol: z.number().int(),
  pid: z.number().int(),
  rVersion: z.string(),
  rHome: z.string(),
  platform: z.string(),
  workdir: z.string(),
  /** Limits that were really applied, in bytes. */
  limits: z.object({ memory: z.number().optional() }).optional(),
});
export type Hello = z.infer<typeof Hello>;

/** Payload of a plot record. The page is stored beside the journal as `plots/<page>.rds`. */
export const PlotPage = z.object({
  /** 1, 2, 3 … in the order in which the pages were begun. */
  page: z.number().int(),
  /** Grows when the same page is drawn on; a client re-renders. */
  revision: z.number().int(),
  /** Drawing operations: large pages are rendered as PNG instead of SVG. */
  operations: z.number(),
  /** The page went because of the bound of the store. */
  removed: z.boolean().optional(),
});
export type PlotPage = z.infer<typeof PlotPage>;

/** Why a session ended. `killed`: by a signal from outside; `oom`: the kernel's counter proves it. */
export const EndCause = z.enum([
  'quit',
  'asked',
  'eof',
  'lease',
  'terminated',
  'crash',
  'killed',
  'oom',
  'memory-limit',
  'startup',
  'reboot',
]);
export type EndCause = z.infer<typeof EndCause>;

/** Payload of the final record. */
export const Final = z.object({
  cause: EndCause,
  /** One sentence for people. */
  message: z.string(),
  /** R's exit status where there is one. */
  status: z.number().int().optional(),
  /** Signal name, e.g. "SIGSEGV". */
  signal: z.string().optional(),
  /** R's call stack at a crash, innermost first. */
  calls: z.array(z.string()).optional(),
});
export type Final = z.infer<typeof Final>;

/**
 * Payload of a tombstone: stands for the records `from` to `to` and takes the number of the last. Only output is ever
 * cut by the journal's bound (`retention`); `skipped` output is still on the server, this reader asked for less.
 */
export const Tombstone = z.object({
  from: z.number().int(),
  to: z.number().int(),
  /** Bytes of payload that are not there; 0 when nobody knows. */
  bytes: z.number(),
  reason: z.enum(['retention', 'damage', 'disk full', 'skipped']),
});
export type Tombstone = z.infer<typeof Tombstone>;

/** Names an input once and for all: a random 64-bit client id and the client's own counter from 1. */
export interface InputId {
  readonly client: bigint;
  readonly counter: number;
}
export const INPUT_ID_BYTES = 12;

export function readInputId(payload: Uint8Array, offset = 0): InputId {
  const v = view(payload);
  return { client: v.getBigUint64(offset, true), counter: v.getUint32(offset + 8, true) };
}

export function writeInputId(out: Uint8Array, id: InputId, offset = 0): void {
  const v = view(out);
  v.setBigUint64(offset, id.client, true);
  v.setUint32(offset + 8, id.counter, true);
}

/** What an input is: lines typed, or a file run whose real text people should not see. */
export const InputFlag = { line: 0, run: 1 } as const;
export type InputFlag = (typeof InputFlag)[keyof typeof InputFlag];

/**
 * Payload of an input frame and of an `accepted` record: id, flag u8, display length u32, display, text. A text that
 * does not end with a newline goes on in the next input. Texts too long for one record have several `accepted`
 * records; all but the last have aux 1.
 */
export interface InputPayload extends InputId {
  readonly flag: InputFlag;
  /** Shown instead of the text when not empty, e.g. `source("analysis.R")`. */
  readonly display: string;
  readonly text: string;
}
const INPUT_FIXED = INPUT_ID_BYTES + 5;

export function encodeInput(input: InputPayload): Uint8Array {
  const display = toUtf8(input.display);
  const text = toUtf8(input.text);
  const out = new Uint8Array(INPUT_FIXED + display.length + text.length);
  writeInputId(out, input);
  out[INPUT_ID_BYTES] = input.flag;
  view(out).setUint32(INPUT_ID_BYTES + 1, display.length, true);
  out.set(display, INPUT_FIXED);
  out.set(text, INPUT_FIXED + display.length);
  return out;
}

export function decodeInput(payload: Uint8Array): InputPayload {
  const end = INPUT_FIXED + view(payload).getUint32(INPUT_ID_BYTES + 1, true);
  return {
    ...readInputId(payload),
    flag: payload[INPUT_ID_BYTES] === InputFlag.run ? InputFlag.run : InputFlag.line,
    display: fromUtf8(payload.subarray(INPUT_FIXED, end)),
    text: fromUtf8(payload.subarray(end)),
  };
}

/** Payload of a `consumed` record: id, flag u8, prompt length u32, prompt (empty when a prompt record showed it), text to show with its newline. */
export interface ConsumedPayload extends InputId {
  readonly flag: InputFlag;
  readonly prompt: string;
  readonly text: string;
}

/** The layout is that of an input: the prompt stands where the display text stands there. */
export function decodeConsumed(payload: Uint8Array): ConsumedPayload {
  const { client, counter, flag, display, text } = decodeInput(payload);
  return { client, counter, flag, prompt: display, text };
}
