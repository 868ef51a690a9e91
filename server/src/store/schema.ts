/**
 * The tables. Times are ms since 1970, so that SQLite and PostgreSQL agree; flags are 0 or 1 for the same reason.
 */
export interface UsersTable {
  name: string;
  /** Argon2id, as a PHC string. */
  password: string;
  admin: number;
  created: number;
}

/** One sign-in and all tokens that came from it. */
export interface TokenFamiliesTable {
  id: string;
  user: string;
  created: number;
  revoked: number | null;
}

/** Refresh tokens, hashed: the database alone lets nobody in. */
export interface RefreshTokensTable {
  hash: string;
  family: string;
  issued: number;
  /** When its successor was asked for. */
  used: number | null;
}

export interface SessionsTable {
  id: string;
  owner: string;
  name: string;
  workdir: string;
  folder: string | null;
  created: number;
  ended: number | null;
}

/** The remote folder of a project; `key` names the project for its owner. */
export interface FoldersTable {
  id: string;
  owner: string;
  key: string;
  name: string;
  path: string;
  created: number;
}

/** A file as client and server both had it last. The last three say whether it was touched since. */
export interface SyncedFilesTable {
  folder: string;
  path: string;
  hash: string;
  size: number;
  mtime: string;
  inode: string;
}

/** A script with a worker of its own. Once `outcome` is there, nothing about the job changes but its webhook. */
export interface JobsTable {
  id: string;
  owner: string;
  /** Its worker's session. Another one when the first did not come up. */
  session: string;
  /** Sessions that were made for it. */
  attempts: number;
  created: number;
  /** JSON: the request without the script's text, which is a file. */
  request: string;
  /** R has read the input that runs the script. */
  sent: number;
  /** When somebody wanted it to end. */
  cancelled: number | null;
  ended: number | null;
  /** JSON: how it was when it was over. */
  outcome: string | null;
  hook_state: 'pending' | 'delivered' | 'failed' | null;
  hook_attempts: number;
  hook_reason: string | null;
}

/** A row is there once the whole content is. */
export interface SnapshotsTable {
  id: string;
  owner: string;
  name: string;
  created: number;
  /** Bytes of the zip. */
  size: number;
  /** Of the session, when it was made. Null for one from before these columns. */
  session: string | null;
  r_version: string | null;
  objects: number | null;
  files: number | null;
}

export interface Schema {
  users: UsersTable;
  token_families: TokenFamiliesTable;
  refresh_tokens: RefreshTokensTable;
  sessions: SessionsTable;
  folders: FoldersTable;
  synced_files: SyncedFilesTable;
  jobs: JobsTable;
  snapshots: SnapshotsTable;
}
