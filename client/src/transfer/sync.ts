import type { FileEntry, Folder } from '@farside/protocol';
import type { FarsideClient } from '../connection/index.ts';
import type { FileAccess } from './access.ts';
import type { Plan, Scan, TransferOptions } from './types.ts';
import type { HashCache } from './hashes.ts';

/** Files larger than this are left out and named: a sync before a run must not surprise with hours of upload. */
export const DEFAULT_SIZE_CAP_BYTES = 100 * 1024 * 1024;

export interface ProjectSyncOptions {
  readonly client: FarsideClient;
  readonly files: FileAccess;
  /** Names the project for this user, e.g. the folder's URI. */
  readonly key: string;
  /** The remote folder's display name. */
  readonly name: string;
  readonly sizeCapBytes?: number;
  /** Hashes known from before, by path, size and time; keep it between runs. */
  readonly hashes?: HashCache;
  /** Ignored files that the user has agreed to send. */
  readonly include?: () => Iterable<string>;
}

const notYet = (): never => {
  throw new Error('not there yet');
};

/** Keeps the remote folder of a project like the local one, by hash; overwrites nothing that changed there unasked. */
export class ProjectSync {
  constructor(options: ProjectSyncOptions) {
    void options;
  }
  /** The remote folder; made when it is not there. */
  folder(_signal?: AbortSignal): Promise<Folder> {
    return notYet();
  }
  /** Walks the project. `script`: text whose string literals name files that may be ignored. */
  scan(_options: { readonly script?: string; readonly signal?: AbortSignal } = {}): Promise<Scan> {
    return notYet();
  }
  plan(_scan: Scan, _signal?: AbortSignal): Promise<Plan> {
    return notYet();
  }
  /** Uploads what the plan says; of the conflicts only those in `overwrite`. Gives the paths that went up. */
  upload(
    _plan: Plan,
    _options: TransferOptions & { readonly overwrite?: Iterable<string> } = {},
  ): Promise<readonly string[]> {
    return notYet();
  }
  /** Files that the remote has new or changed since the last sync. */
  changes(_signal?: AbortSignal): Promise<readonly FileEntry[]> {
    return notYet();
  }
  /** Downloads, writes them locally and marks them as synced. */
  bringBack(_entries: readonly FileEntry[], _options: TransferOptions = {}): Promise<readonly string[]> {
    return notYet();
  }
}
