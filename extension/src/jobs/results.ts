import type { JobRequest } from '@farside/protocol';

/** Stands for the whole workspace. */
export const ALL = '*';

/** `*` anywhere means the whole workspace; nothing named means no results. */
export function resultsOf(names: readonly string[]): JobRequest['results'] {
  if (names.includes(ALL)) return true;
  return names.length === 0 ? undefined : [...names];
}

/** Names as people type them: with commas, spaces or both. */
export const namesIn = (typed: string): string[] => typed.split(/[\s,]+/).filter((name) => name !== '');
