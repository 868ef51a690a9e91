import { lstat } from 'node:fs/promises';
import { FarsideError } from '@farside/protocol';
import { checkHash, hashFile } from '../../files/hashes.ts';
import { checkPath } from '../../files/paths.ts';
import { FILE_MODE, putInPlace } from '../../files/put.ts';
import { Root } from '../../files/root.ts';
import { markOf } from '../../files/walk.ts';
import type { FolderRow } from '../../store/folders.ts';
import type { WebDeps } from '../deps.ts';
import { ownedFolder } from './folders.ts';

/** folder or session: id; path; hash: SHA-256, hex; overwrite: "true"; executable: "true"; objects: see imports.ts. */
export type UploadMetadata = Readonly<Record<string, string>>;

interface Place {
  readonly path: string;
  /** A session's own directory is a folder that was never synced. */
  readonly folder: FolderRow;
}

const EXECUTABLE_MODE = 0o700;

/**
 * Throws what is wrong with an upload before any of it is sent. Its hash may come with its last bytes instead, so that
 * a large file need not be read twice; then a file that is there is another one until that is known.
 */
export async function requireMayBegin(deps: WebDeps, owner: string, metadata: UploadMetadata): Promise<void> {
  const place = await placeOf(deps, owner, metadata);
  const comesLater = metadata['hash'] === undefined && metadata['session'] && !metadata['folder'];
  if (!comesLater) return requireMayReplace(deps, metadata, place, checkHash(metadata['hash']));
  if (metadata['overwrite'] !== 'true' && (await deps.sync.isThere(place.folder, place.path)))
    throw new FarsideError('fileConflict', { path: place.path });
}

/** Throws `fileConflict` when another file would be replaced unasked. */
async function requireMayReplace(
  { sync }: WebDeps,
  metadata: UploadMetadata,
  { path, folder }: Place,
  hash: string,
): Promise<void> {
  if (metadata['overwrite'] === 'true') return;
  // What was agreed on for a project is no consent to replace its files by others.
  const verdict = await (metadata['folder']
    ? sync.verdict(folder, path, hash)
    : sync.verdictUnseen(folder, path, hash));
  if (verdict === 'conflict') throw new FarsideError('fileConflict', { path });
}

/** Where an upload goes. Throws what is wrong with its metadata. */
async function placeOf(deps: WebDeps, owner: string, metadata: UploadMetadata): Promise<Place> {
  return { path: checkPath(metadata['path'] ?? ''), folder: await folderOf(deps, owner, metadata) };
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
  const { path, folder } = await placeOf(deps, owner, metadata);
  const hash = checkHash(metadata['hash']);
  if (actual !== hash) throw new FarsideError('uploadDamaged', { path });
  await requireMayReplace(deps, metadata, { path, folder }, hash);
  const place = await new Root(folder.path).place(path);
  await putInPlace(source, place, path, metadata['executable'] === 'true' ? EXECUTABLE_MODE : FILE_MODE);
  if (folder.id) await deps.sync.uploaded(folder, path, place, hash);
  else deps.sync.hashes.remember(place, markOf(await lstat(place, { bigint: true })), hash);
}
