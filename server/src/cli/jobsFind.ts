import type { FarsideClient } from '@farside/client';
import { FarsideError, type JobInfo } from '@farside/protocol';

/**
 * The job that a user means: by its whole id, by the beginning of the id or by the name where only one fits.
 * @throws FarsideError `noSuchJob`, or `badRequest` when several fit
 */
export function findJob(jobs: readonly JobInfo[], text: string): JobInfo {
  const exact = jobs.find(({ id }) => id === text);
  if (exact) return exact;
  const named = jobs.filter(({ name }) => name === text);
  const fitting = named.length > 0 ? named : jobs.filter(({ id }) => text !== '' && id.startsWith(text));
  if (fitting.length > 1) {
    const ids = fitting.map(({ id }) => id.slice(0, 13)).join(', ');
    throw new FarsideError('badRequest', { reason: `"${text}" fits several jobs: ${ids}` });
  }
  const [found] = fitting;
  if (!found) throw new FarsideError('noSuchJob', { job: text });
  return found;
}

/** {@link findJob} among mine. */
export const namedJob = async (client: FarsideClient, text: string): Promise<JobInfo> =>
  findJob(await client.call('jobs'), text);
