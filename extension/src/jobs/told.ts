import { isJobOver, type JobInfo } from '@farside/protocol';

/** How far the user was told of the ends of jobs at one server. */
export interface Told {
  /** Ends up to here were told, ms since 1970 by the server's clock. */
  readonly upTo: number;
  /** Told as well: of the same moment. */
  readonly ids: readonly string[];
}

/**
 * The jobs whose end is news, the oldest first, and what was told when they are. A server seen for the first time
 * has no news: what ended before is history.
 */
export function newsOf(
  jobs: readonly JobInfo[],
  told: Told | undefined,
  now: number,
): { readonly news: readonly JobInfo[]; readonly told: Told } {
  const over = jobs
    .filter((job) => isJobOver(job.state) && job.ended !== undefined)
    .sort((a, b) => (a.ended ?? 0) - (b.ended ?? 0));
  const latest = over.at(-1)?.ended ?? 0;
  const before = told ?? { upTo: Math.max(now, latest), ids: over.map((job) => job.id) };
  const news = over.filter((job) => (job.ended ?? 0) >= before.upTo && !before.ids.includes(job.id));
  const upTo = Math.max(before.upTo, latest);
  const same = over.filter((job) => job.ended === upTo).map((job) => job.id);
  return { news, told: told !== undefined && news.length === 0 ? told : { upTo, ids: same } };
}
