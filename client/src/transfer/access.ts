/** What a folder holds. Paths are relative to the project's root, with `/`, never absolute, never with `..`. */
export interface FolderItem {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/** `modified`: ms since 1970. */
export interface FileFacts {
  readonly size: number;
  readonly modified: number;
}

/** The local project as the sync sees it: node:fs in the CLI, vscode.workspace.fs in the extension. */
export interface FileAccess {
  /** Items of a folder; '' is the root. Symbolic links count as what they lead to, except links to folders, which are left out. */
  list(folder: string): Promise<readonly FolderItem[]>;
  /** undefined when there is no such file. */
  stat(path: string): Promise<FileFacts | undefined>;
  read(path: string): Promise<Uint8Array>;
  /** Makes the folders on the way. */
  write(path: string, bytes: Uint8Array): Promise<void>;
}
