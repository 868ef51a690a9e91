import type { FileEntry, Folder } from '@farside/protocol';
import { FarsideError } from '@farside/protocol';
import type { FarsideClient } from '../connection/index.ts';
import type { FileAccess } from './access.ts';
import { sha256 } from './hash.ts';
import { HashCache } from './hashes.ts';
import { GIT_MARKER } from './markers.ts';
import { namedFiles } from './namedFiles.ts';
import { safeRelativePath } from './paths.ts';
import { inParallel, throwIfCancelled } from './tasks.ts';
import { Tally } from './tally.ts';
import type { LocalFile, Plan, Scan, TransferOptions } from './types.ts';
import { uploadFile } from './upload.ts';
import { walk } from './walk.ts';

/** Files larger than this are left out and named: a sync before a run must not surprise with hours of upload. */
export const DEFAULT_SIZE_CAP_BYTES = 100 * 1024 * 1024;
/** Files on their way at once: enough to hide the round trip, few enough for the server. */
const TRANSFERS_AT_ONCE = 4;
const READS_AT_ONCE = 8;
const EMPTY = new Uint8Array(0);

export interface ProjectSyncOptions {
  readonly client: FarsideClient;
  readonly files: FileAccess;
  /** Names the project for this user, e.g. the folder's URI. */
  readonly key: string;
  /** The remote folder's display name. */
  readonly name: string;
  readonly sizeCapBytes?: number;
  /** Hashes known from before, by path, size and time; keep it between runs. */
  readonly hashes?: HashCache;
  /** Ignored files that the user has agreed to send. */
  readonly include?: () => Iterable<string>;
}

/** Keeps the remote folder of a project like the local one, by hash; overwrites nothing that changed there unasked. */
export class ProjectSync {
  readonly #options: ProjectSyncOptions;
  readonly #hashes: HashCache;
  #folder: Promise<Folder> | undefined;

  constructor(options: ProjectSyncOptions) {
    this.#options = options;
    this.#hashes = options.hashes ?? new HashCache();
  }

  /** The remote folder; made when it is not there. */
  folder(signal?: AbortSignal): Promise<Folder> {
    const { client, key, name } = this.#options;
    this.#folder ??= client.call('putFolder', { body: { key, name }, signal }).catch((error: unknown) => {
      this.#folder = undefined;
      throw error;
    });
    return this.#folder;
  }

  /** Walks the project. `script`: text whose string literals name files that may be ignored. */
  async scan(options: { readonly script?: string; readonly signal?: AbortSignal } = {}): Promise<Scan> {
    const { files: access, include, sizeCapBytes = DEFAULT_SIZE_CAP_BYTES } = this.#options;
    const included = new Set(include?.() ?? []);
    const found = await walk(access, included, options.signal);
    const files: LocalFile[] = found.git
      ? [{ path: GIT_MARKER, size: 0, hash: sha256(EMPTY), marker: true }]
      : [];
    const tooLarge: { path: string; size: number }[] = [];
    await inParallel(found.files, READS_AT_ONCE, async ({ path, facts }) => {
      throwIfCancelled(options.signal);
      if (facts.size > sizeCapBytes) return void tooLarge.push({ path, size: facts.size });
      let hash = this.#hashes.get(path, facts);
      if (hash === undefined) {
        hash = sha256(await access.read(path));
        this.#hashes.set(path, facts, hash);
      }
      files.push({ path, size: facts.size, hash });
    });
    const known = new Set(found.files.map(({ path }) => path));
    this.#hashes.keepOnly(known);
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
    const named = await this.#existing(namedFiles(options.script ?? '').filter((path) => !known.has(path)));
    return { files, tooLarge, namedButIgnored: [...new Set([...named, ...found.asked])].sort() };
  }

  /** What would go up, and what changed on the server. */
  async plan(scan: Scan, signal?: AbortSignal): Promise<Plan> {
    const { id } = await this.folder(signal);
    const files = scan.files.map(({ path, size, hash }) => ({ path, size, hash }));
    const plan = await this.#options.client.call('planSync', { params: { id }, body: { files }, signal });
    const up = new Set(plan.upload);
    const uploadBytes = scan.files.reduce((sum, file) => sum + (up.has(file.path) ? file.size : 0), 0);
    return { ...plan, scan, uploadBytes };
  }

  /** Uploads what the plan says; of the conflicts only those in `overwrite`. Gives the paths that went up. */
  async upload(
    plan: Plan,
    options: TransferOptions & { readonly overwrite?: Iterable<string> } = {},
  ): Promise<readonly string[]> {
    const { id: folder } = await this.folder(options.signal);
    const overwrite = new Set(options.overwrite ?? []);
    const wanted = new Set([...plan.upload, ...plan.conflicts.filter((path) => overwrite.has(path))]);
    const jobs = plan.scan.files.filter(({ path }) => wanted.has(path));
    const tally = new Tally(jobs, options.onProgress);
    await inParallel(jobs, TRANSFERS_AT_ONCE, async ({ path, marker }) => {
      throwIfCancelled(options.signal);
      const bytes = marker ? EMPTY : await this.#options.files.read(path);
      // Of what is sent, not of what was scanned: the file may have been saved since.
      const metadata = { folder, path, hash: sha256(bytes), overwrite: String(overwrite.has(path)) };
      const onBytes = (sent: number): void => tally.sent(path, sent);
      await uploadFile(this.#options.client, {
        content: bytes,
        size: bytes.length,
        metadata,
        signal: options.signal,
        onBytes,
      });
      tally.finished(path);
    });
    return jobs.map(({ path }) => path);
  }

  /** Files that the remote has new or changed since the last sync. */
  async changes(signal?: AbortSignal): Promise<readonly FileEntry[]> {
    const { id } = await this.folder(signal);
    return this.#options.client.call('folderChanges', { params: { id }, signal });
  }

  /** Downloads, writes them locally and marks them as synced. */
  async bringBack(entries: readonly FileEntry[], options: TransferOptions = {}): Promise<readonly string[]> {
    const { client, files } = this.#options;
    const { id } = await this.folder(options.signal);
    const tally = new Tally(entries, options.onProgress);
    const done: { path: string; hash: string }[] = [];
    for (const { path } of entries) safeRelativePath(path);
    try {
      await inParallel(entries, TRANSFERS_AT_ONCE, async ({ path }) => {
        const bytes = await client.call('folderFile', { params: { id, path }, signal: options.signal });
        await files.write(path, bytes);
        done.push({ path, hash: sha256(bytes) });
        tally.finished(path);
      });
    } finally {
      // Also when the rest failed: what is here is here.
      if (done.length > 0) await client.call('markSynced', { params: { id }, body: { files: done } });
    }
    return done.map(({ path }) => path);
  }

  async #existing(paths: readonly string[]): Promise<string[]> {
    const known = await Promise.all(
      paths.map(async (path) => {
        // A name that can not be a path here is no file.
        const facts = await this.#options.files.stat(path).catch(() => undefined);
        return facts && isSafe(path) ? path : undefined;
      }),
    );
    return known.filter((path) => path !== undefined);
  }
}

function isSafe(path: string): boolean {
  try {
    return Boolean(safeRelativePath(path));
  } catch (error) {
    if (error instanceof FarsideError) return false;
    throw error;
  }
}
