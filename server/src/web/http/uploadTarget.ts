import { lstat } from 'node:fs/promises';
import { FarsideError } from '@farside/protocol';
import { hashFile } from '../../files/hashes.ts';
import { checkPath } from '../../files/paths.ts';
import { FILE_MODE, putInPlace } from '../../files/put.ts';
import { Root } from '../../files/root.ts';
import type { SyncVerdict } from '../../files/syncPolicy.ts';
import { markOf } from '../../files/walk.ts';
import type { FolderRow } from '../../store/folders.ts';
import type { WebDeps } from '../deps.ts';
import { ownedFolder } from './folders.ts';

/** folder or session: id; path; hash: SHA-256, hex; overwrite: "true"; executable: "true"; objects: see imports.ts. */
export type UploadMetadata = Readonly<Record<string, string>>;

interface Target {
  readonly root: Root;
  readonly path: string;
  readonly hash: string;
  readonly verdict: SyncVerdict;
  /** A session's own directory is a folder that was never synced. */
  readonly folder: FolderRow;
}

const EXECUTABLE_MODE = 0o700;

/** Where an upload goes, and whether it may now. Throws what is wrong with its metadata. */
export async function resolveTarget(deps: WebDeps, owner: string, metadata: UploadMetadata): Promise<Target> {
  const path = checkPath(metadata['path'] ?? '');
  const hash = (metadata['hash'] ?? '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new FarsideError('badRequest', { reason: 'hash must be a SHA-256, hex' });
  const folder = await folderOf(deps, owner, metadata);
  return {
    root: new Root(folder.path),
    path,
    hash,
    folder,
    // What was agreed on for a project is no consent to replace its files by others.
    verdict: await (metadata['folder']
      ? deps.sync.verdict(folder, path, hash)
      : deps.sync.verdictUnseen(folder, path, hash)),
  };
}

async function folderOf(deps: WebDeps, owner: string, metadata: UploadMetadata): Promise<FolderRow> {
  if (metadata['folder']) return ownedFolder(deps, owner, metadata['folder']);
  if (!metadata['session'])
    throw new FarsideError('badRequest', { reason: 'a folder or a session must be named' });
  const session = await deps.sessions.owned(owner, metadata['session']);
  if (session.folder) return ownedFolder(deps, owner, session.folder);
  const { id, name, workdir, created } = session;
  return { id: '', owner, key: id, name, path: workdir, created };
}

const places = new Map<string, Promise<void>>();

/** Moves a complete upload into place, after its content and the place were checked. One at a time for each place. */
export async function finishUpload(
  deps: WebDeps,
  owner: string,
  metadata: UploadMetadata,
  source: string,
  knownHash?: string,
): Promise<void> {
  const key = `${metadata['folder'] ?? ''}/${metadata['session'] ?? ''}/${metadata['path'] ?? ''}`;
  const before = places.get(key) ?? Promise.resolve();
  const mine = before.then(() => moveIntoPlace(deps, owner, metadata, source, knownHash));
  const settled = mine.catch(() => undefined);
  places.set(key, settled);
  try {
    await mine;
  } finally {
    if (places.get(key) === settled) places.delete(key);
  }
}

async function moveIntoPlace(
  deps: WebDeps,
  owner: string,
  metadata: UploadMetadata,
  source: string,
  knownHash?: string,
): Promise<void> {
  const actual = knownHash ?? (await hashFile(source));
  const { root, path, hash, folder, verdict } = await resolveTarget(deps, owner, metadata);
  if (actual !== hash) throw new FarsideError('uploadDamaged', { path });
  if (verdict === 'conflict' && metadata['overwrite'] !== 'true')
    throw new FarsideError('fileConflict', { path });
  const place = await root.place(path);
  await putInPlace(source, place, path, metadata['executable'] === 'true' ? EXECUTABLE_MODE : FILE_MODE);
  if (folder.id) await deps.sync.uploaded(folder, path, place, hash);
  else deps.sync.hashes.remember(place, markOf(await lstat(place, { bigint: true })), hash);
}
