import { setTimeout as delay } from 'node:timers/promises';
import { isJobOver, JobInfo } from '@farside/protocol';
import type { Api } from './api.ts';

const LOOK_MS = 20;

/** Starts a job by REST; throws what the server says against it. */
export async function startJob(api: Api, script: string, more: object = {}): Promise<JobInfo> {
  const body = { name: 'job.R', file: 'job.R', echo: false, script, ...more };
  const answer = await api.ask('startJob', { body });
  if (answer.status !== 201) throw new Error(`no job: ${answer.status} ${answer.text}`);
  return JobInfo.parse(answer.json());
}

export async function jobOf(api: Api, id: string): Promise<JobInfo> {
  const answer = await api.ask('job', { params: { id } });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return JobInfo.parse(answer.json());
}

/** Resolves with the job as soon as the condition holds. */
export async function untilJob(api: Api, id: string, condition: (job: JobInfo) => boolean): Promise<JobInfo> {
  for (; ; await delay(LOOK_MS)) {
    const job = await jobOf(api, id);
    if (condition(job)) return job;
    if (isJobOver(job.state)) throw new Error(`the job is over: ${JSON.stringify(job)}`);
  }
}

export async function jobOver(api: Api, id: string): Promise<JobInfo> {
  return untilJob(api, id, ({ state }) => isJobOver(state));
}

/** Resolves when what the test looks for on the disk is there. */
export async function untilTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(1);
}
