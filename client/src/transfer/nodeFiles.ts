import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileAccess, FolderItem } from './access.ts';

/** A folder on this machine's disk. */
export function nodeFiles(root: string): FileAccess {
  return {
    list: async (folder) => {
      const entries = await readdir(join(root, folder), { withFileTypes: true });
      const items = entries.map(async (entry): Promise<FolderItem | undefined> => {
        const { name } = entry;
        if (entry.isDirectory()) return { name, kind: 'folder' };
        if (entry.isFile()) return { name, kind: 'file' };
        // Links count as the file they lead to; links to folders may go in circles.
        if (!entry.isSymbolicLink()) return undefined;
        const target = await stat(join(root, folder, name)).catch(() => undefined);
        return target?.isFile() ? { name, kind: 'file' } : undefined;
      });
      return (await Promise.all(items)).filter((item) => item !== undefined);
    },
    stat: async (path) => {
      const facts = await stat(join(root, path)).catch(() => undefined);
      return facts?.isFile() ? { size: facts.size, modified: facts.mtimeMs } : undefined;
    },
    read: (path) => readFile(join(root, path)),
    write: async (path, bytes) => {
      const target = join(root, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
    },
  };
}
