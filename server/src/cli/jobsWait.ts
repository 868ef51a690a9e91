import type { FarsideClient } from '@farside/client';
import { FarsideError, isJobOver, type JobInfo } from '@farside/protocol';

/** Looked at so often besides, for a server whose news does not come through. */
const LOOK_EVERY_MS = 2_000;

/** Resolves with the job as soon as the condition holds. A server that is away is waited for. */
export async function whenJob(
  client: FarsideClient,
  id: string,
  condition: (job: JobInfo) => boolean,
): Promise<JobInfo> {
  let changed = Promise.withResolvers<void>();
  const news = client.onJobsChanged(() => changed.resolve());
  try {
    for (;;) {
      changed = Promise.withResolvers<void>();
      const job = await lookAt(client, id);
      if (job && condition(job)) return job;
      const timer = setTimeout(() => changed.resolve(), LOOK_EVERY_MS);
      await changed.promise.finally(() => clearTimeout(timer));
    }
  } finally {
    news.dispose();
  }
}

/** Undefined while the server can not say. */
async function lookAt(client: FarsideClient, id: string): Promise<JobInfo | undefined> {
  try {
    return await client.call('job', { params: { id } });
  } catch (error) {
    if (error instanceof FarsideError && error.retryable) return undefined;
    throw error;
  }
}

export const whenOver = (client: FarsideClient, id: string): Promise<JobInfo> =>
  whenJob(client, id, ({ state }) => isJobOver(state));

/** The exit code that stands for how a job ended. `status`: R's own, where known. */
export const exitCodeOf = ({ state }: JobInfo, status?: number): number =>
  state === 'succeeded' ? 0 : status || 1;

/** A sentence about a job that is over and did not succeed; empty for one that did. */
export function endText({ state, error, message }: JobInfo): string {
  if (state === 'succeeded') return '';
  const why = message ?? error?.message;
  return why ? `the job is ${state}: ${why.trim()}` : `the job is ${state}`;
}
