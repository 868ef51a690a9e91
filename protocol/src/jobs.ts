import { z } from 'zod';

/** Why a job failed, as R said it. */
export const JobError = z.object({
  message: z.string(),
  /** Innermost call first, each with its place in a file where it is known. */
  traceback: z.array(z.string()),
});
export type JobError = z.infer<typeof JobError>;

/** How far a script says it is, by `farside::job_progress()`. `value`: 0 to 1. */
export const JobProgress = z.object({ value: z.number().min(0).max(1), text: z.string() });
export type JobProgress = z.infer<typeof JobProgress>;

/**
 * `starting` until R reads the script; `waiting` for an answer at `readline()` or `menu()`. The last four are final;
 * `lost`: R ended without saying how the script did (killed, crashed, machine restarted).
 */
export const JobState = z.enum([
  'starting',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
  'lost',
]);
export type JobState = z.infer<typeof JobState>;
export const isJobOver = (state: JobState): boolean =>
  ['succeeded', 'failed', 'cancelled', 'lost'].includes(state);

/** What a job is asked to do. */
export const JobRequest = z.object({
  /** Shown in lists; the script's file name by default. */
  name: z.string().trim().min(1).max(200),
  /** The script's text, and its file name as errors and source references show it. */
  script: z.string(),
  file: z.string().min(1).max(1_000),
  args: z.array(z.string()).optional(),
  echo: z.boolean().default(true),
  folderId: z.string().optional(),
  /** Names of objects to keep as results when the script has ended; `true`: the whole workspace. */
  results: z.union([z.array(z.string()), z.boolean()]).optional(),
  /** Keep the frames of a failure for `utils::debugger()`. */
  dumpFrames: z.boolean().optional(),
  /** Told by POST when the job is over; only hosts that the administrator allows. */
  webhook: z.url().max(2_000).optional(),
});
export type JobRequest = z.infer<typeof JobRequest>;

export const JobInfo = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  file: z.string(),
  /** Its worker: attach to it for the live console, list its plots and files by it. */
  session: z.string(),
  folderId: z.string().optional(),
  state: JobState,
  /** ms since 1970. */
  created: z.number(),
  started: z.number().optional(),
  ended: z.number().optional(),
  progress: JobProgress.optional(),
  error: JobError.optional(),
  /** One sentence about the end, where there is more to say than the state. */
  message: z.string().optional(),
  /** Files made or changed, relative to the working directory. */
  files: z.array(z.string()),
  /** Plot pages. */
  plots: z.number(),
  /** Objects kept, to be fetched by name. */
  results: z.array(z.object({ name: z.string(), class: z.string(), size: z.number() })),
  /** Whether the frames of its failure were kept. */
  frames: z.boolean(),
  /** What became of the webhook. */
  webhook: z
    .object({
      url: z.string(),
      state: z.enum(['pending', 'delivered', 'failed']),
      reason: z.string().optional(),
    })
    .optional(),
});
export type JobInfo = z.infer<typeof JobInfo>;
