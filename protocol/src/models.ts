import { z } from 'zod';
import { Final, Hello } from './payloads.ts';

/** Where a session stands. One discriminated union for lists, titles and status bars. */
export const SessionState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('idle'), prompt: z.enum(['top', 'continuation', 'browser']) }),
  /** readline(), menu(): R waits for an answer. */
  z.object({ state: z.literal('waiting'), prompt: z.enum(['readline', 'menu']), text: z.string() }),
  /** since: ms since 1970. */
  z.object({ state: z.literal('busy'), since: z.number() }),
  z.object({ state: z.literal('ending') }),
  z.object({ state: z.literal('ended'), final: Final }),
]);
export type SessionState = z.infer<typeof SessionState>;

export const SessionInfo = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  /** ms since 1970. */
  created: z.number(),
  lastActivity: z.number(),
  /** Absolute path of the working directory on the server. */
  workdir: z.string(),
  /** The project folder it works in, when it has one. */
  folderId: z.string().optional(),
  state: SessionState,
  hello: Hello.optional(),
  /** Last sequence number of the journal. */
  head: z.number(),
  /** Resident memory of the R process in bytes, where known. */
  memory: z.number().optional(),
  /** A job is a session whose code is a script; it is listed with the jobs. Absent: `session`. */
  kind: z.enum(['session', 'job']).optional(),
  /** When the workspace was last saved beside the journal, ms since 1970: it can be restored into a new session. */
  workspaceSaved: z.number().optional(),
});
export type SessionInfo = z.infer<typeof SessionInfo>;

/** The directory (Entra ID / Azure AD) whose access tokens a server takes: all that a client needs to get one. */
export const Directory = z.object({
  /** https://login.microsoftonline.com */
  authority: z.string(),
  /** Id or domain. */
  tenant: z.string(),
  /** Of the application for clients (public client); clients that bring their own do without. */
  clientId: z.string().optional(),
  /** Application id of the server's own registration. */
  resource: z.string(),
  /** What to ask a token for, e.g. "<resource>/.default". */
  scope: z.string(),
});
export type Directory = z.infer<typeof Directory>;

/** How people sign in: with an account of the server (`POST /login`), of a directory, or either. */
export const SignInMethods = z.object({ password: z.boolean(), directory: Directory.optional() });
export type SignInMethods = z.infer<typeof SignInMethods>;

/** What a server is, before anybody signs in. */
export const About = z.object({
  product: z.literal('farside'),
  version: z.string(),
  /** `none`: all workers run as the same system user. */
  isolation: z.enum(['none', 'single-user']),
  /** Shown by clients after sign-in; empty when there is nothing to say. */
  notice: z.string(),
  maxFileBytes: z.number(),
  /** A server of an older version does not say, and knows its own accounts only. */
  signIn: SignInMethods.default({ password: true }),
});
export type About = z.infer<typeof About>;

export const TokenPair = z.object({
  token_type: z.literal('Bearer'),
  access_token: z.string(),
  /** Seconds. */
  expires_in: z.number(),
  /** Seconds since 1970. */
  expires_on: z.number(),
  refresh_token: z.string(),
});
export type TokenPair = z.infer<typeof TokenPair>;

/** A sign-in as clients keep it. `directory`: the tokens are of that directory, and are renewed there. */
export const KeptTokens = TokenPair.extend({
  directory: Directory.extend({
    /** Which account of the editor's it is, where an editor keeps the accounts. */
    account: z.object({ id: z.string(), label: z.string() }).optional(),
  }).optional(),
});
export type KeptTokens = z.infer<typeof KeptTokens>;

/** `personal`: it is of the asking user's own library, which that user's sessions search first. */
export const RPackage = z.object({
  name: z.string(),
  version: z.string(),
  personal: z.literal(true).optional(),
});
/** One side of the diff report. */
export const REnvironment = z.object({
  /** e.g. "R version 4.2.2 Patched (2022-11-10 r83330)". */
  version: z.string(),
  platform: z.string(),
  packages: z.array(RPackage),
});
export type REnvironment = z.infer<typeof REnvironment>;

/** `modified`: ms since 1970; `hash`: SHA-256, hex. */
export const FileEntry = z.object({
  path: z.string(),
  size: z.number(),
  modified: z.number(),
  hash: z.string().optional(),
});
export type FileEntry = z.infer<typeof FileEntry>;

export const Folder = z.object({ id: z.string(), key: z.string(), name: z.string(), path: z.string() });
export type Folder = z.infer<typeof Folder>;

/** What a sync would do. A conflict is a file that changed on the remote since it was last synced. */
export const SyncPlan = z.object({
  upload: z.array(z.string()),
  conflicts: z.array(z.string()),
  /** Known on the remote from the last sync, no longer sent by the client: offered, never deleted unasked. */
  removed: z.array(z.string()),
});
export type SyncPlan = z.infer<typeof SyncPlan>;

export const WorkspaceObject = z.object({
  name: z.string(),
  class: z.array(z.string()),
  type: z.string(),
  length: z.number(),
  dim: z.array(z.number()).optional(),
  /** Bytes; absent for promises and active bindings, which are never forced. */
  size: z.number().optional(),
  preview: z.string().optional(),
});
export type WorkspaceObject = z.infer<typeof WorkspaceObject>;

export const Completion = z.object({ from: z.number(), items: z.array(z.string()) });
export type Completion = z.infer<typeof Completion>;

/** Any JSON value. Not looked into: it comes out of a JSON text already, and may have millions of parts. */
export type Json = z.core.util.JSONType;
export const Json = z.custom<Json>((value) => value !== undefined);

const NamedValue = z.object({ name: z.string(), value: Json });
/** Old clients write null for what they leave out. */
export const orNull = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

export const ExecuteRequest = z.object({
  code: z.string(),
  inputParameters: orNull(z.array(NamedValue.extend({ name: z.string().min(1).max(10_000) }))),
  outputParameters: orNull(z.array(z.string().min(1).max(10_000))),
});
export type ExecuteRequest = z.infer<typeof ExecuteRequest>;

export const ExecuteResponse = z.object({
  success: z.boolean(),
  errorMessage: z.string(),
  outputParameters: z.array(NamedValue),
  consoleOutput: z.string(),
  changedFiles: z.array(z.string()),
});
export type ExecuteResponse = z.infer<typeof ExecuteResponse>;

/** `statusCode` is recursive: the worst of the parts. */
export interface StatusResponse {
  statusCode: 'pass' | 'warn' | 'fail';
  details: Record<string, string | number>;
  components: Record<string, StatusResponse> | null;
}
export const StatusResponse: z.ZodType<StatusResponse> = z.lazy(() =>
  z.object({
    statusCode: z.enum(['pass', 'warn', 'fail']),
    details: z.record(z.string(), z.union([z.string(), z.number()])),
    components: z.record(z.string(), StatusResponse).nullable(),
  }),
);
