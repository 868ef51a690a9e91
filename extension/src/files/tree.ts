import { nodeFiles } from '@farside/client';

export interface TreeFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly size: number;
}

/**
 * All files below a folder of this machine, in the order of their paths. Links to files count as the files, links to
 * folders are left out: they may go in circles. @throws FarsideError `cancelled`
 */
export async function filesBelow(root: string, signal: AbortSignal): Promise<readonly TreeFile[]> {
  const access = nodeFiles(root);
  const found: TreeFile[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    signal.throwIfAborted();
    for (const { name, kind } of await access.list(folder)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'folder') folders.push(path);
      else found.push({ path, size: (await access.stat(path))?.size ?? 0 });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
