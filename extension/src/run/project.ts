import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { HashCache, ProjectSync } from '@farside/client';
import type { App } from '../app.ts';
import { config } from '../config.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { ProjectMemory } from './projectMemory.ts';
import { workspaceFiles } from './workspaceFiles.ts';

/** A workspace folder together with its remote folder on one server. */
export interface Project {
  readonly name: string;
  readonly root: vscode.Uri;
  readonly server: ServerConnection;
  readonly sync: ProjectSync;
  readonly hashes: HashCache;
  readonly memory: ProjectMemory;
  /** Path inside the project with `/`; undefined outside. */
  relative(uri: vscode.Uri): string | undefined;
}

const cache = new WeakMap<ServerConnection, Map<string, Project>>();

/** The project of a file, or of the window when the file has none. Undefined without a folder, or when sync is off. */
export function projectFor(app: App, server: ServerConnection, uri?: vscode.Uri): Project | undefined {
  if (!config.syncEnabled() || !vscode.workspace.isTrusted) return undefined;
  const own = uri && vscode.workspace.getWorkspaceFolder(uri);
  const folders = vscode.workspace.workspaceFolders ?? [];
  // A file outside all folders is not part of any; without a file the only folder is meant.
  const folder = own ?? (uri === undefined || uri.scheme === 'untitled' ? folders[0] : undefined);
  if (folder === undefined) return undefined;
  const projects = cache.get(server) ?? new Map<string, Project>();
  cache.set(server, projects);
  const id = folder.uri.toString();
  const project = projects.get(id) ?? makeProject(app, server, folder);
  projects.set(id, project);
  return project;
}

function makeProject(app: App, server: ServerConnection, folder: vscode.WorkspaceFolder): Project {
  const memory = new ProjectMemory(
    app.context.workspaceState,
    `${server.entry.url} ${folder.uri.toString()}`,
  );
  const { name, uri: root } = folder;
  const hashes = new HashCache(memory.hashes());
  const sync = new ProjectSync({
    client: server.client,
    files: workspaceFiles(root),
    key: projectKey(root),
    name,
    sizeCapBytes: config.maxFileBytes(),
    hashes,
    include: () => memory.get().include,
  });
  return { name, root, server, sync, hashes, memory, relative: (uri) => relativePath(root, uri) };
}

/** The same folder on the same machine is the same project; a copy on another machine is not. */
function projectKey(root: vscode.Uri): string {
  const text = `${vscode.env.machineId} ${root.toString()}`;
  return createHash('sha256').update(text).digest('hex');
}

function relativePath(root: vscode.Uri, uri: vscode.Uri): string | undefined {
  const prefix = root.path.endsWith('/') ? root.path : `${root.path}/`;
  const inside =
    uri.scheme === root.scheme && uri.authority === root.authority && uri.path.startsWith(prefix);
  return inside ? uri.path.slice(prefix.length) : undefined;
}
