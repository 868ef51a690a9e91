import { isJobOver, type JobInfo, type JobState } from '@farside/protocol';
import { duration, type StateLook } from '../sessions/describe.ts';
import type { TooltipRow } from '../sessions/tooltip.ts';
import { counted } from '../ui/counted.ts';

const LOOKS: Readonly<Record<JobState, StateLook>> = {
  starting: { icon: 'loading~spin', word: 'starting' },
  running: { icon: 'sync~spin', word: 'running' },
  waiting: { icon: 'question', word: 'waits for an answer' },
  succeeded: { icon: 'pass', word: 'done' },
  failed: { icon: 'error', word: 'failed' },
  cancelled: { icon: 'circle-slash', word: 'cancelled' },
  lost: { icon: 'warning', word: 'lost' },
};

export const jobLook = (state: JobState): StateLook => LOOKS[state];

/** "45 % fitting": how far a script says it is. */
export function progressText({ progress }: Pick<JobInfo, 'progress'>): string | undefined {
  if (progress === undefined) return undefined;
  const percent = `${Math.floor(progress.value * 100)} %`;
  return progress.text.trim() === '' ? percent : `${percent} ${progress.text.trim()}`;
}

/** How long it has run, in ms; undefined before it starts. */
export const ranFor = (job: JobInfo, now: number): number | undefined =>
  job.started === undefined ? undefined : (job.ended ?? now) - job.started;

/** The grey text beside a job's name. */
export function jobDetail(job: JobInfo, now: number, server?: string): string {
  const { word } = jobLook(job.state);
  const ran = ranFor(job, now);
  const over = isJobOver(job.state);
  const how = ran === undefined ? word : `${word} ${over ? 'after' : 'for'} ${duration(ran)}`;
  const parts = [how];
  const progress = over ? undefined : progressText(job);
  if (progress !== undefined) parts.unshift(progress);
  if (over && job.ended !== undefined) parts.push(`${duration(now - job.ended)} ago`);
  if (server !== undefined) parts.push(server);
  return parts.join(' · ');
}

/** Everything known of a job, for its tooltip. */
export function jobRows(job: JobInfo, now: number, when: (ms: number) => string): TooltipRow[] {
  const rows: TooltipRow[] = [['State', jobDetail({ ...job, progress: undefined }, now)]];
  const progress = progressText(job);
  if (progress !== undefined) rows.push(['Progress', progress]);
  if (job.error) rows.push(['Error', job.error.message.trim()]);
  if (job.message) rows.push(['Why', job.message]);
  rows.push(['Script', job.file]);
  if (job.started !== undefined) rows.push(['Started', when(job.started)]);
  if (job.ended !== undefined) rows.push(['Ended', when(job.ended)]);
  if (job.frames) rows.push(['Frames', 'kept, for utils::debugger()']);
  if (job.webhook) {
    const { url, state, reason } = job.webhook;
    rows.push(['Webhook', `${url}: ${state}${reason ? `, ${reason}` : ''}`]);
  }
  rows.push(['Id', job.id]);
  return rows;
}

/** "2 plots, 1 file": what a job has made. */
export function madeText({ plots, files, results }: Pick<JobInfo, 'plots' | 'files' | 'results'>): string {
  const made = { plot: plots, file: files.length, result: results.length };
  return Object.entries(made)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => counted(count, what))
    .join(', ');
}

/** One sentence about the end, for a notification. */
export function endText(job: JobInfo): string {
  const ran = ranFor(job, job.ended ?? job.created);
  const time = ran === undefined ? '' : ` after ${duration(ran)}`;
  const made = madeText(job);
  switch (job.state) {
    case 'succeeded':
      return `The job “${job.name}” is done${time}${made === '' ? '.' : `: ${made}.`}`;
    case 'failed':
      return `The job “${job.name}” failed${time}: ${job.error?.message.trim() ?? job.message ?? 'R gave no reason'}`;
    case 'cancelled':
      return `The job “${job.name}” was cancelled${time}.`;
    default:
      return `The job “${job.name}” was lost${time}: ${job.message ?? 'R ended without saying how it did.'}`;
  }
}
