import { span } from '@farside/client';
import { bytesText, isJobOver, type JobInfo } from '@farside/protocol';
import { columns, printable } from './columns.ts';

/** Enough of an id to name a job here. */
const ID_CHARACTERS = 8;
const HEAD = ['ID', 'STATE', 'TIME', 'STARTED', 'NAME', 'PROGRESS'];
const LINE = 1_000;
/** Longer lists are for --json. */
const FILES_SHOWN = 20;

export const shortId = ({ id }: Pick<JobInfo, 'id'>): string => id.slice(0, ID_CHARACTERS);

/** Jobs as lines with columns. `now`: ms since 1970. */
export function jobsTable(jobs: readonly JobInfo[], now = Date.now()): string {
  if (jobs.length === 0) return 'There are no jobs.\n';
  return columns([HEAD, ...jobs.map((job) => rowOf(job, now))]);
}

function rowOf(job: JobInfo, now: number): string[] {
  return [
    shortId(job),
    job.state,
    timeOf(job, now),
    clock(job.started ?? job.created),
    printable(job.name),
    isJobOver(job.state) ? '' : progressOf(job),
  ];
}

const timeOf = ({ started, ended }: JobInfo, now: number): string =>
  started === undefined ? '' : span((ended ?? now) - started);
const clock = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

function progressOf({ progress }: JobInfo): string {
  return progress ? printable(`${Math.floor(progress.value * 100)} % ${progress.text}`.trim()) : '';
}

/** All that is known of one job, for people. */
export function jobText(job: JobInfo, now = Date.now()): string {
  const rows: (readonly [string, string])[] = [
    ['Id', job.id],
    ['Name', job.name],
    ['State', [job.state, timeOf(job, now)].filter(Boolean).join(', ')],
    ['Progress', isJobOver(job.state) ? '' : progressOf(job)],
    ['Message', job.message ?? ''],
    ['Error', job.error?.message ?? ''],
    ...(job.error?.traceback ?? []).map((call) => ['  at', call] as const),
    ['Script', job.file],
    ['Session', job.session],
    ['Started', job.started === undefined ? '' : clock(job.started)],
    ['Ended', job.ended === undefined ? '' : clock(job.ended)],
    ['Plots', job.plots > 0 ? String(job.plots) : ''],
    ...job.files.slice(0, FILES_SHOWN).map((path) => ['File', path] as const),
    ['Files', job.files.length > FILES_SHOWN ? `${job.files.length} in all` : ''],
    ...job.results.map((r) => ['Result', `${r.name} (${r.class}, ${bytesText(r.size)})`] as const),
    ['Frames', job.frames ? 'kept: farside jobs results --frames' : ''],
    ['Webhook', webhookOf(job)],
  ];
  return columns(
    rows.filter(([, value]) => value !== '').map(([name, value]) => [name, printable(value, LINE)]),
  );
}

const webhookOf = ({ webhook }: JobInfo): string =>
  webhook ? [webhook.url, webhook.state, webhook.reason].filter(Boolean).join(', ') : '';
