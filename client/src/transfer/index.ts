export type { FileAccess, FileFacts, FolderItem } from './access.ts';
export { HashCache } from './hashes.ts';
export { DEFAULT_SIZE_CAP_BYTES, ProjectSync, type ProjectSyncOptions } from './sync.ts';
export type { LocalFile, Plan, Progress, Scan, TransferOptions } from './types.ts';
