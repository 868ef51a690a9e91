import * as vscode from 'vscode';
import type { FileAccess, FileFacts, FolderItem } from '@farside/client';

/** A workspace folder as the sync sees it, through VS Code: also folders that are not on this machine's disk. */
export function workspaceFiles(root: vscode.Uri): FileAccess {
  const at = (path: string): vscode.Uri => (path === '' ? root : vscode.Uri.joinPath(root, path));
  return {
    list: async (folder) => {
      const items = await vscode.workspace.fs.readDirectory(at(folder));
      return items.map(([name, type]) => item(name, type)).filter((one) => one !== undefined);
    },
    stat: async (path) => facts(at(path)),
    read: async (path) => vscode.workspace.fs.readFile(at(path)),
    write: async (path, bytes) => vscode.workspace.fs.writeFile(at(path), bytes),
  };
}

function item(name: string, type: vscode.FileType): FolderItem | undefined {
  if ((type & vscode.FileType.File) !== 0) return { name, kind: 'file' };
  // A link to a folder may lead in circles, and out of the project.
  if (type === vscode.FileType.Directory) return { name, kind: 'folder' };
  return undefined;
}

async function facts(uri: vscode.Uri): Promise<FileFacts | undefined> {
  try {
    const { type, size, mtime } = await vscode.workspace.fs.stat(uri);
    return (type & vscode.FileType.File) === 0 ? undefined : { size, modified: mtime };
  } catch {
    return undefined;
  }
}
