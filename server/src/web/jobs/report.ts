import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { JobError, JobProgress } from '@farside/protocol';
import { z } from 'zod';

/** What R writes is bounded by R; more than this is not from there. */
const MAX_REPORT_BYTES = 4 * 1024 * 1024;
const MAX_RESULTS = 10_000;
const MAX_CALLS = 1_000;
/** A message or a call longer than this is of no use to anybody. */
const MAX_TEXT = 100_000;
const REPORT = 'job.json';
/** Below the session's directory. */
export const RESULTS = 'results';
export const FRAMES = 'frames.RData';

const JobResult = z.object({
  name: z.string(),
  class: z.string(),
  size: z.number(),
  /** A name of R's making: never a path. */
  file: z.string().regex(/^[0-9]{1,9}\.rds$/),
});

/** `job.json`, which R keeps in the session's directory: how the script does, and how it did. */
export const JobReport = z.object({
  state: z.enum(['running', 'succeeded', 'failed']),
  started: z.number(),
  ended: z.number().optional(),
  status: z.number().optional(),
  progress: JobProgress.optional().catch(undefined),
  error: JobError.optional().transform((error) => error && shortened(error)),
  results: z.array(JobResult).max(MAX_RESULTS).catch([]),
  frames: z.boolean().catch(false),
});
export type JobReport = z.infer<typeof JobReport>;

/** Undefined when R has not written one, or when it is nonsense: a script can write there too. */
export async function readReport(directory: string): Promise<JobReport | undefined> {
  try {
    const file = await open(join(directory, REPORT));
    try {
      const { size } = await file.stat();
      if (size > MAX_REPORT_BYTES) return undefined;
      return JobReport.parse(JSON.parse(await file.readFile('utf8')));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

export const isReport = (name: string | null): boolean => name === REPORT;

const shortened = ({ message, traceback }: JobError): JobError => ({
  message: message.slice(0, MAX_TEXT),
  traceback: traceback.slice(0, MAX_CALLS).map((call) => call.slice(0, MAX_TEXT)),
});
