export type { FileAccess, FileFacts, FolderItem } from './access.ts';
export { HashCache } from './hashes.ts';
export { namedFiles } from './namedFiles.ts';
export { nodeFiles } from './nodeFiles.ts';
export { safeRelativePath } from './paths.ts';
export { DEFAULT_SIZE_CAP_BYTES, ProjectSync, type ProjectSyncOptions } from './sync.ts';
export type { LocalFile, Plan, Progress, Scan, TransferOptions } from './types.ts';
export { uploadFile, type UploadJob } from './upload.ts';
