import { z } from 'zod';
import { EndCause, REnvironment, SessionInfo } from '@farside/protocol';

/** What a web node and a compute node say to each other over the compute node's Unix socket. */
export const COMPUTE_PROTOCOL = 3;
/** `Upgrade:` token of an attach stream. */
export const ATTACH_UPGRADE = 'farside-attach';
/** Response header of an attach stream: last sequence number in the journal when attached. */
export const HEAD_HEADER = 'farside-head';
/** Grace before R is killed when nobody says otherwise. */
export const DEFAULT_GRACE_MS = 5_000;

/** A spare takes some 40 MB. */
export const MOST_SPARES = 32;

/** Session ids are directory names: nothing that could leave the sessions directory. */
export const SessionId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);

export const CreateSession = z.object({
  id: SessionId,
  name: z.string(),
  owner: z.string(),
  /** Absolute path; made when it is not there. */
  workdir: z.string().startsWith('/'),
  folderId: z.string().optional(),
  /** R's `options(width)` at the start. */
  columns: z.number().int().min(10).max(10_000).optional(),
  /** RLIMIT_AS in bytes. */
  memoryLimit: z.number().int().positive().optional(),
  /** Bytes of the journal and of the plots that are kept; absent: 1 GiB each. */
  journalBytes: z.number().int().positive().optional(),
  plotBytes: z.number().int().positive().optional(),
  /** Absent: `session`. */
  kind: z.enum(['session', 'job']).optional(),
  /** An ended session of the same owner whose saved workspace is loaded. */
  restore: SessionId.optional(),
  /** Where packages go, when not into a library of the session; and where they come from. */
  packages: z
    .object({ personal: z.string().startsWith('/').optional(), repos: z.string().optional() })
    .optional(),
  /** Save the workspace so often, at a prompt, when something ran since; 0 or absent: never. */
  checkpointMinutes: z.number().min(0).max(1440).optional(),
});
export type CreateSession = z.infer<typeof CreateSession>;

/** What may be changed while the node runs. `spares`: workers to keep ready for new sessions. */
export const ComputeSettings = z.object({ spares: z.number().int().min(0).max(MOST_SPARES) });
export type ComputeSettings = z.infer<typeof ComputeSettings>;

export const InterruptSession = z.object({ level: z.union([z.literal(1), z.literal(2)]) });
export const RenameSession = z.object({ name: z.string().trim().min(1).max(200) });
export const CallSession = z.object({ code: z.string(), budgetMs: z.number().int().positive() });

/** What nodes of all versions say about themselves; they also all know `POST /shutdown`. */
export const ComputeVersion = z.object({
  product: z.literal('farside-compute'),
  protocol: z.number(),
  pid: z.number(),
});
export type ComputeVersion = z.infer<typeof ComputeVersion>;

export const ComputeHealth = ComputeVersion.extend({
  /** The R in use, and the library that holds the worker's package. */
  r: z.object({ home: z.string(), version: z.string(), library: z.string() }),
  sessions: z.number(),
  /** Spare workers that are ready. */
  spares: z.number(),
});
export type ComputeHealth = z.infer<typeof ComputeHealth>;

/** A line of the stream of changes: the session's state, or its place in the list, is another. */
export const SessionChange = z.object({
  id: z.string(),
  owner: z.string(),
  state: z.string(),
  cause: EndCause.optional(),
});
export type SessionChange = z.infer<typeof SessionChange>;

/** `<data dir>/compute.json`: how to find and speak to the compute node (0600). */
export const ComputeFile = z.object({ pid: z.number(), protocol: z.number(), secret: z.string() });
export type ComputeFile = z.infer<typeof ComputeFile>;

export const SessionList = z.array(SessionInfo);
export { REnvironment, SessionInfo };
