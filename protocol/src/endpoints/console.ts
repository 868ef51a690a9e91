import { z } from 'zod';
import { endpoint } from './endpoint.ts';

/** How long one answer of the console stream may take: below the 60 s after which proxies give up. */
export const CONSOLE_WAIT_MS = 25_000;
export const MAX_CONSOLE_WAIT_MS = 55_000;
/** A stream that says nothing else says `beat` so often. */
export const CONSOLE_BEAT_MS = 10_000;

/** One input by request; the same id is the same input, however often it is sent. */
export const ConsoleInput = z.object({
  /** The client's random 64-bit id as 16 hex digits. */
  client: z.string().regex(/^[0-9a-fA-F]{16}$/, 'must be 16 hex digits'),
  /** The client's own counter: 1, 2, 3 … One at a time: one that comes behind a higher one is taken for a repeat. */
  counter: z.number().int().min(1).max(0xffff_ffff),
  /** Ends with a newline; a text that does not goes on in the next input. */
  text: z.string(),
});
export type ConsoleInput = z.infer<typeof ConsoleInput>;

/** The console for clients that speak plain HTTP: R's own client, scripts. */
export const CONSOLE_ENDPOINTS = {
  console: endpoint({
    method: 'GET',
    path: '/v2/sessions/:id/console',
    status: 200,
    auth: true,
    query: z.object({
      /** Last sequence number the client has; 0 for everything. */
      after: z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).default(0),
      /** The answer ends by itself after this; 0: with what is there now. */
      waitMs: z.coerce.number().int().min(0).max(MAX_CONSOLE_WAIT_MS).default(CONSOLE_WAIT_MS),
      /** When more bytes of output lie behind `after`, only the newest of about this many come, behind a `gap`. */
      tail: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
    }),
    reply: 'bytes',
    summary: 'The console behind a cursor, live, as one JSON event a line (docs/transfers.md).',
    produces: ['application/x-ndjson'],
  }),
  sendInput: endpoint({
    method: 'POST',
    path: '/v2/sessions/:id/input',
    status: 200,
    auth: true,
    body: ConsoleInput,
    reply: z.object({ repeated: z.boolean() }),
    summary: 'An input for R. Answers when the session has written it down; a repeat never runs twice.',
    errors: ['sessionEnded', 'inputTooLarge', 'badInput', 'diskFull'],
  }),
} as const;
