import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FarsideError, type Folder } from '@farside/protocol';
import { DIRECTORY_MODE, Root } from '../../files/root.ts';
import type { FolderRow } from '../../store/folders.ts';
import type { Handlers } from './bind.ts';
import { sendFile } from './download.ts';
import type { WebDeps } from '../deps.ts';

type Names = 'putFolder' | 'planSync' | 'folderChanges' | 'folderFile' | 'markSynced';

/** Remote folders of projects. */
export function folderHandlers(deps: WebDeps): Pick<Handlers, Names> {
  const { sync } = deps;
  const owned = (user: { name: string }, params: Readonly<Record<string, string>>) =>
    ownedFolder(deps, user.name, params['id'] ?? '');
  return {
    putFolder: ({ user, body }) => putFolder(deps, user.name, body.key, body.name),
    planSync: async ({ user, params, body }) => sync.plan(await owned(user, params), body.files),
    folderChanges: async ({ user, params }) => sync.changes(await owned(user, params)),
    async folderFile({ user, params, req, res }) {
      await sendFile(new Root((await owned(user, params)).path), params['path'] ?? '', req, res);
    },
    markSynced: async ({ user, params, body }) => sync.markSynced(await owned(user, params), body.files),
  };
}

/** The folder when this user owns it; its directory is made again when somebody removed it. */
export async function ownedFolder({ store }: WebDeps, owner: string, id: string): Promise<FolderRow> {
  const folder = await store.folders.find(owner, id);
  if (!folder) throw new FarsideError('notFound', { what: `folder "${id.slice(0, 64)}"` });
  await mkdir(folder.path, { recursive: true, mode: DIRECTORY_MODE });
  return folder;
}

async function putFolder(deps: WebDeps, owner: string, key: string, name: string): Promise<Folder> {
  const { store, files } = deps;
  const id = randomUUID();
  const row = {
    id,
    owner,
    key,
    name,
    path: join(files.folders, id, directoryName(name)),
    created: Date.now(),
  };
  await store.folders.add(row);
  const folder = await store.folders.findByKey(owner, key);
  if (!folder) throw new FarsideError('notFound', { what: `folder "${key}"` });
  await mkdir(folder.path, { recursive: true, mode: DIRECTORY_MODE });
  return { id: folder.id, key: folder.key, name: folder.name, path: folder.path };
}

const MAX_NAME_CHARACTERS = 60;
/** People see it in getwd(): the project's name, as far as it can name a directory. */
function directoryName(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._ -]/gu, '_').replace(/^[. ]+/, '');
  return [...safe].slice(0, MAX_NAME_CHARACTERS).join('').trim() || 'project';
}
