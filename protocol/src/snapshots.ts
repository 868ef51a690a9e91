import { z } from 'zod';

/** A snapshot as the original lists it. */
export const SnapshotInfo = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  /** UTC, as the original writes it: without a zone. */
  creationTime: z.string(),
  /** Bytes of the zip. */
  contentSize: z.number(),
});
export type SnapshotInfo = z.infer<typeof SnapshotInfo>;

/** With what our own list says more. Absent: the snapshot is older than the column. */
export const SnapshotDetail = SnapshotInfo.extend({
  /** Name of the session when the snapshot was made. */
  session: z.string().optional(),
  /** e.g. "4.2.2". */
  rVersion: z.string().optional(),
  objects: z.number().optional(),
  files: z.number().optional(),
});
export type SnapshotDetail = z.infer<typeof SnapshotDetail>;

/** What a snapshot does not hold or could not be restored: an object, file, package or connection, and why. */
export const Lost = z.object({ name: z.string(), reason: z.string() });
export type Lost = z.infer<typeof Lost>;

export const MadeSnapshot = z.object({
  snapshotId: z.string(),
  name: z.string(),
  /** Bytes of the zip. */
  size: z.number(),
  objects: z.number(),
  files: z.number(),
  lost: z.array(Lost),
});
export type MadeSnapshot = z.infer<typeof MadeSnapshot>;

export const LoadedSnapshot = z.object({
  objects: z.number(),
  files: z.number(),
  /** Those put into the session's library. */
  packages: z.array(z.string()),
  lost: z.array(Lost),
});
export type LoadedSnapshot = z.infer<typeof LoadedSnapshot>;
