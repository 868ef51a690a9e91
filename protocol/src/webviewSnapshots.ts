/** Messages between the extension and its page of snapshots. All texts in them are shown as text. */
export interface SnapshotItem {
  readonly id: string;
  readonly name: string;
  /** ms since 1970. */
  readonly created: number;
  /** Bytes of the zip. */
  readonly size: number;
  readonly session?: string;
  readonly rVersion?: string;
  readonly objects?: number;
  readonly files?: number;
}

/** The snapshots on one server, or why they can not be had. */
export interface SnapshotServer {
  /** Names the server in messages. */
  readonly url: string;
  readonly name: string;
  readonly items: readonly SnapshotItem[];
  /** `signIn`: signing in would help. */
  readonly problem?: { readonly text: string; readonly signIn: boolean };
}

/** Answers `ready` and `refresh`, and comes after each change that this window makes. */
export interface ToSnapshots {
  readonly type: 'list';
  readonly servers: readonly SnapshotServer[];
}

export type SnapshotAction = 'load' | 'download' | 'delete';

export type FromSnapshots =
  | { type: 'ready' }
  | { type: 'refresh' }
  | { type: 'create' }
  | { type: 'signIn'; url: string }
  | { type: SnapshotAction; url: string; id: string };
