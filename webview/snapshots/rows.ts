import type { SnapshotItem } from '@farside/protocol';

export type SortKey = 'name' | 'session' | 'created' | 'size' | 'rVersion';
export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** What a list begins with: the newest snapshot is wanted most. */
export const NEWEST_FIRST: Sort = { key: 'created', descending: true };
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** In the order that a column asks for; what is the same stays the newest first. What is not known comes last. */
export function sorted(items: readonly SnapshotItem[], { key, descending }: Sort): readonly SnapshotItem[] {
  const sign = descending ? -1 : 1;
  return [...items].sort((a, b) => {
    const [left, right] = [a[key], b[key]];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined) || b.created - a.created;
    const order =
      typeof left === 'number' ? left - Number(right) : byName.compare(String(left), String(right));
    return sign * order || b.created - a.created;
  });
}

/** A second click on a column turns it around; times and sizes begin with the largest. */
export const clicked = (sort: Sort, key: SortKey): Sort =>
  sort.key === key
    ? { key, descending: !sort.descending }
    : { key, descending: key === 'created' || key === 'size' };

export const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

/** "3 objects, 1 file"; empty when it is not known. */
export function holdsText({ objects, files }: SnapshotItem): string {
  const known = (count: number | undefined, one: string): string[] =>
    count === undefined ? [] : [counted(count, one)];
  return [...known(objects, 'object'), ...known(files, 'file')].join(', ');
}
