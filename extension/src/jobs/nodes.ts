import type { JobInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';

interface OfJob {
  readonly server: ServerConnection;
  readonly job: JobInfo;
}

/** What a command gets when it is started from the Jobs view: a job, or one of the things it made. */
export type JobNode =
  | ({ readonly kind: 'job' } & OfJob)
  | ({ readonly kind: 'jobPlots' } & OfJob)
  | ({ readonly kind: 'jobFile'; readonly path: string } & OfJob)
  | ({ readonly kind: 'jobResult'; readonly name: string } & OfJob)
  /** A call of the traceback; number 0 is the error itself. */
  | ({ readonly kind: 'jobCall'; readonly text: string; readonly at: number } & OfJob);

export const jobNodeOf = (arg: unknown): JobNode | undefined =>
  typeof arg === 'object' && arg !== null && 'job' in arg && 'server' in arg ? (arg as JobNode) : undefined;

/** What a job has to show below its row. */
export function partsOf({ server, job }: OfJob): JobNode[] {
  const error: JobNode[] = job.error
    ? [job.error.message.trim(), ...job.error.traceback].map((text, at) => ({
        kind: 'jobCall',
        server,
        job,
        text,
        at,
      }))
    : [];
  return [
    ...error,
    ...(job.plots > 0 ? [{ kind: 'jobPlots', server, job } as const] : []),
    ...job.results.map(({ name }) => ({ kind: 'jobResult', server, job, name }) as const),
    ...job.files.map((path) => ({ kind: 'jobFile', server, job, path }) as const),
  ];
}
