import { z } from 'zod';

/**
 * Socket.IO events, declared once. The access token goes in the handshake's `auth.token`; `auth.protocol` is
 * {@link SOCKET_PROTOCOL}. Binary arguments are Uint8Array.
 */
export const SOCKET_PROTOCOL = 1;

/** Flow control: a client may have this many bytes of records under way; it gives credit back as it consumes. */
export const INITIAL_CREDIT_BYTES = 4 * 1024 * 1024;
/** A client returns credit at least each time it has consumed this much. */
export const CREDIT_STEP_BYTES = 1024 * 1024;
/** The server batches records into messages of about this size. */
export const MESSAGE_BYTES = 256 * 1024;

/** Reply of an acknowledged event: a value or the error body of errors.ts. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: unknown };

export const AttachRequest = z.object({
  session: z.string(),
  /** Last sequence number the client has; 0 for everything. */
  cursor: z.number().int().nonnegative(),
  readOnly: z.boolean().optional(),
  /**
   * When more bytes of output than this lie behind the cursor, only the newest of about this many are sent: the
   * older output is named by tombstones (`skipped`). Prompts, inputs and state always come.
   */
  tail: z.number().int().positive().optional(),
});
export type AttachRequest = z.infer<typeof AttachRequest>;

/** `attachment` names this stream in all later events. */
export const AttachReply = z.object({
  attachment: z.string(),
  /** Last sequence number in the journal when attached: what comes up to here is replay. */
  head: z.number(),
});
export type AttachReply = z.infer<typeof AttachReply>;

export const InputRequest = z.object({
  attachment: z.string(),
  /** The random 64-bit client id as 16 hex digits, and the client's counter from 1. */
  client: z.string().regex(/^[0-9a-f]{16}$/),
  counter: z.number().int().positive(),
  text: z.string(),
});
export type InputRequest = z.infer<typeof InputRequest>;

/** Runs a whole file: the text of the editor, kept under its own name. */
export const RunRequest = InputRequest.extend({
  /** File name as errors and srcrefs should show it, relative to the working directory. */
  name: z.string(),
  echo: z.boolean(),
  /** commandArgs() during the run. */
  args: z.array(z.string()).optional(),
});
export type RunRequest = z.infer<typeof RunRequest>;

export const CompleteRequest = z.object({
  attachment: z.string(),
  line: z.string().max(100_000),
  /** Cursor in characters (UTF-16 code units) from the start of the line. */
  cursor: z.number().int().nonnegative(),
});
export type CompleteRequest = z.infer<typeof CompleteRequest>;

/** Client to server. Events with `reply` are acknowledged; the others answer through records or `session:error`. */
export const CLIENT_EVENTS = {
  'session:attach': { payload: AttachRequest, reply: AttachReply },
  'session:detach': { payload: z.object({ attachment: z.string() }), reply: undefined },
  'session:input': { payload: InputRequest, reply: undefined },
  'session:run': { payload: RunRequest, reply: z.object({}) },
  'session:interrupt': {
    payload: z.object({ attachment: z.string(), level: z.union([z.literal(1), z.literal(2)]) }),
    reply: undefined,
  },
  'session:eof': { payload: z.object({ attachment: z.string() }), reply: undefined },
  'session:resize': {
    payload: z.object({ attachment: z.string(), columns: z.number().int().min(10).max(10_000) }),
    reply: undefined,
  },
  'session:complete': {
    payload: CompleteRequest,
    reply: z.object({ from: z.number(), items: z.array(z.string()) }),
  },
  'session:credit': {
    payload: z.object({ attachment: z.string(), bytes: z.number().int().positive() }),
    reply: undefined,
  },
  /** A new access token on a live connection, before the old one ends. */
  'auth:renew': { payload: z.object({ token: z.string() }), reply: z.object({}) },
} as const;
export type ClientEvent = keyof typeof CLIENT_EVENTS;
type PayloadOf<E extends ClientEvent> = z.infer<(typeof CLIENT_EVENTS)[E]['payload']>;
type ReplySchema<E extends ClientEvent> = (typeof CLIENT_EVENTS)[E]['reply'];
export type ClientToServer = {
  [E in ClientEvent]: ReplySchema<E> extends z.ZodType
    ? (payload: PayloadOf<E>, ack: (reply: Reply<z.infer<ReplySchema<E>>>) => void) => void
    : (payload: PayloadOf<E>) => void;
};

/** Server to client. */
export interface ServerToClient {
  /** Whole records, one after the other, as in record.ts: journaled ones in order without gaps, and transient acks and refusals. */
  'session:records': (attachment: string, records: Uint8Array) => void;
  /** The stream ended: `ended` after the final record, else an error body; attach again with the cursor. */
  'session:closed': (attachment: string, reason: { ended: boolean; error?: unknown }) => void;
  /** An event without reply was refused. */
  'session:error': (attachment: string, error: unknown) => void;
  /** The list of the user's sessions changed. */
  'sessions:changed': () => void;
  /** The list of the user's jobs, or the state of one, changed. */
  'jobs:changed': () => void;
  /** The list of the user's snapshots changed. */
  'snapshots:changed': () => void;
}
