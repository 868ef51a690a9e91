import type { SyncPlan } from '@farside/protocol';

export interface LocalFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256, hex. */
  readonly hash: string;
  /** Stands for something that is not sent itself: `.git` goes up as an empty marker. */
  readonly marker?: true;
}

/** What a walk over the project found. */
export interface Scan {
  readonly files: readonly LocalFile[];
  /** Over the size cap: left out, to be named to the user. */
  readonly tooLarge: readonly { readonly path: string; readonly size: number }[];
  /** Ignored by .gitignore, but named in the script or taken back by `!` in .farsideignore: to be offered. */
  readonly namedButIgnored: readonly string[];
}

/** What a sync would do, with sizes for a preview. */
export interface Plan extends SyncPlan {
  readonly scan: Scan;
  readonly uploadBytes: number;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** The file that was last worked on. */
  readonly path: string;
}

export interface TransferOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
