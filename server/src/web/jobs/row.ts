import { JobInfo, JobRequest } from '@farside/protocol';
import type { z } from 'zod';
import type { JobRow } from '../../store/jobs.ts';

/** What a row remembers of the request; the script is a file. */
export const JobSettings = JobRequest.omit({ script: true });
export type JobSettings = z.infer<typeof JobSettings>;

/** How a job was when it was over: what the row keeps, so that it needs neither its session nor R to be listed. */
export const JobOutcome = JobInfo.pick({
  state: true,
  started: true,
  ended: true,
  files: true,
  plots: true,
  results: true,
  frames: true,
  message: true,
  error: true,
  progress: true,
});
export type JobOutcome = z.infer<typeof JobOutcome>;

export const settingsOf = (row: JobRow): JobSettings => JobSettings.parse(JSON.parse(row.request));
export const outcomeOf = (row: JobRow): JobOutcome | undefined =>
  row.outcome === null ? undefined : JobOutcome.parse(JSON.parse(row.outcome));

/** A job as people see it. */
export function jobInfo(row: JobRow, outcome: JobOutcome): JobInfo {
  const { name, file, folderId, webhook: url } = settingsOf(row);
  const { id, owner, session, created } = row;
  const webhook = url !== undefined &&
    row.hook_state !== null && {
      url,
      state: row.hook_state,
      ...(row.hook_reason !== null && { reason: row.hook_reason }),
    };
  return {
    id,
    name,
    owner,
    file,
    session,
    created,
    ...(folderId !== undefined && { folderId }),
    ...outcome,
    ...(webhook && { webhook }),
  };
}
