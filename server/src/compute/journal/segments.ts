import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the journal; its name is the sequence number of its first record, 16 hex digits. */
export interface Segment {
  readonly first: number;
  readonly path: string;
}

const NAME = /^[0-9a-f]{16}$/;

/** All segments, oldest first; none when there is no journal yet. */
export async function listSegments(dir: string): Promise<Segment[]> {
  const names = await readdir(dir).catch(() => []);
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => ({ first: Number.parseInt(name, 16), path: join(dir, name) }));
}

/** The segment that holds a record, or the first one when older ones were removed. */
export function segmentOf(segments: readonly Segment[], seq: number): Segment | undefined {
  return segments.findLast((segment) => segment.first <= seq) ?? segments[0];
}

/** The path a segment with this first record has. */
export const segmentPath = (dir: string, first: number): string =>
  join(dir, first.toString(16).padStart(16, '0'));
