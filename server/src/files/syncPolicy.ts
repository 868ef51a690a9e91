import type { SyncPlan } from '@farside/protocol';

/** What is known about one path on the remote side. */
export interface RemoteFile {
  /** Hash now; undefined when the file is not there. */
  readonly now: string | undefined;
  /** Hash when client and server last agreed. */
  readonly synced: string | undefined;
}
export type SyncVerdict = 'same' | 'upload' | 'conflict';

/** Whether a client's file goes up. A conflict: what would be overwritten is not what the client last saw. */
export function decideSync(local: string, remote: RemoteFile): SyncVerdict {
  if (remote.now === local) return 'same';
  if (remote.now === undefined || remote.now === remote.synced) return 'upload';
  return 'conflict';
}

/** Plan for a whole project. `remote` has what is known about every path of either side. */
export function planOf(
  files: readonly { path: string; hash: string }[],
  remote: ReadonlyMap<string, RemoteFile>,
): SyncPlan {
  const plan: SyncPlan = { upload: [], conflicts: [], removed: [] };
  const sent = new Set<string>();
  for (const { path, hash } of files) {
    sent.add(path);
    const verdict = decideSync(hash, remote.get(path) ?? { now: undefined, synced: undefined });
    if (verdict === 'upload') plan.upload.push(path);
    if (verdict === 'conflict') plan.conflicts.push(path);
  }
  for (const [path, file] of remote)
    if (!sent.has(path) && file.synced !== undefined && file.now === file.synced) plan.removed.push(path);
  return plan;
}
