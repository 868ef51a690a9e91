import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  FarsideError,
  LoadedSnapshot,
  MadeSnapshot,
  type SnapshotDetail,
  type SnapshotInfo,
} from '@farside/protocol';
import type { Logger } from 'pino';
import type { ComputeClient } from '../../compute/client.ts';
import { DIRECTORY_MODE, errnoOf } from '../../files/root.ts';
import type { SnapshotRow } from '../../store/snapshots.ts';
import type { Store } from '../../store/store.ts';
import type { DataFiles } from '../dataFiles.ts';
import { OwnerNews } from '../ownerNews.ts';
import { rBool, rString } from '../rText.ts';
import type { Sessions } from '../sessions.ts';
import { contentOf, snapshotParts } from './content.ts';
import { Uses } from './uses.ts';
import { callWhenIdle } from './whenIdle.ts';
import { ZipSize, zipStream } from './zip.ts';

export interface SnapshotsDeps {
  readonly store: Store;
  readonly compute: ComputeClient;
  readonly files: DataFiles;
  readonly sessions: Sessions;
  readonly log: Logger;
}

/** Names in the directory of snapshots that are none yet, or no longer. */
const NEW = '.new-';
const REMOVED = '.removed-';
const LOAD = '.load-';
const REMOVE = { recursive: true, force: true, maxRetries: 5 } as const;
const Made = MadeSnapshot.pick({ objects: true, files: true, lost: true });

/**
 * Snapshots with their owners; what is another user's does not exist here. The row in the database decides whether there
 * is one: it is written when the content is complete, and a server that was killed before the content had its place is
 * followed by one that puts it there.
 */
export class Snapshots {
  readonly #deps: SnapshotsDeps;
  readonly #uses = new Uses();
  /** Whose snapshots are others than before. */
  readonly news = new OwnerNews();
  constructor(deps: SnapshotsDeps) {
    this.#deps = deps;
  }

  async create(
    owner: string,
    session: string,
    options: { name?: string | null; attached?: boolean },
  ): Promise<MadeSnapshot> {
    const { files, sessions, store } = this.#deps;
    const { id: sessionId, workdir, hello, name: sessionName } = await sessions.running(owner, session);
    const id = randomUUID();
    const made = join(files.snapshots, NEW + id);
    const name = options.name?.trim() || `Snapshot ${timeText(Date.now()).slice(0, 16).replace('T', ' ')}`;
    try {
      await mkdir(made, { mode: DIRECTORY_MODE });
      const args = [rString(made), rString(workdir), rBool(options.attached ?? false)];
      const code = `farside:::rpc_snapshot(${args.join(', ')})`;
      const kept = Made.parse(await this.#ask('made', sessionId, snapshotParts(made).offer, code));
      const size = await zipSize(made);
      const of = { session: sessionName, r_version: hello?.rVersion ?? null };
      const { objects, files: count } = kept;
      await store.snapshots.add({ id, owner, name, created: Date.now(), size, ...of, objects, files: count });
      await rename(made, join(files.snapshots, id));
      this.news.tell(owner);
      return { snapshotId: id, name, size, ...kept };
    } catch (error) {
      await rm(made, REMOVE);
      await store.snapshots.remove(owner, id);
      throw error;
    }
  }

  /** Merges it into a session. `attached`: absent for what was said when it was made. */
  async load(owner: string, session: string, snapshot: string, attached?: boolean): Promise<LoadedSnapshot> {
    const { files, sessions } = this.#deps;
    const { id, workdir } = await sessions.running(owner, session);
    await this.owned(owner, snapshot);
    const offer = join(files.snapshots, LOAD + randomUUID());
    const args = [join(files.snapshots, snapshot), offer, workdir].map(rString);
    if (attached !== undefined) args.push(rBool(attached));
    const code = `farside:::rpc_load_snapshot(${args.join(', ')})`;
    const loaded = await this.#uses.during(snapshot, () => this.#ask('loaded', id, offer, code));
    return LoadedSnapshot.parse(loaded);
  }

  async list(owner: string): Promise<SnapshotInfo[]> {
    return (await this.#deps.store.snapshots.list(owner)).map(infoOf);
  }

  /** The same with what the original's list does not say. */
  async details(owner: string): Promise<SnapshotDetail[]> {
    return (await this.#deps.store.snapshots.list(owner)).map(detailOf);
  }

  /** Throws `noSuchSnapshot` for what this user does not own. */
  async owned(owner: string, id: string): Promise<SnapshotRow> {
    const row = await this.#deps.store.snapshots.find(owner, id);
    if (!row) throw new FarsideError('noSuchSnapshot', { snapshot: id.slice(0, 64) });
    this.#uses.check(id);
    return row;
  }

  /** The zip, with its size in bytes. */
  async zip(owner: string, id: string): Promise<{ name: string; size: number; open: () => Readable }> {
    const { name, size } = await this.owned(owner, id);
    return { name, size, open: () => zipStream(contentOf(join(this.#deps.files.snapshots, id))) };
  }

  /** For good, once the sessions that are loading it are done. */
  async remove(owner: string, id: string): Promise<void> {
    await this.owned(owner, id);
    await this.#uses.end(id, () => this.#remove(owner, id));
  }

  async #remove(owner: string, id: string): Promise<void> {
    const { files, store } = this.#deps;
    const doomed = join(files.snapshots, REMOVED + id);
    await rename(join(files.snapshots, id), doomed).catch((error: unknown) => {
      // Another caller is removing it.
      throw errnoOf(error) === 'ENOENT' ? new FarsideError('noSuchSnapshot', { snapshot: id }) : error;
    });
    await store.snapshots.remove(owner, id);
    this.news.tell(owner);
    await rm(doomed, REMOVE);
  }

  /** At the start of a server: ends what an earlier one began. */
  async cleanUp(): Promise<void> {
    const { files, log } = this.#deps;
    for (const name of await readdir(files.snapshots))
      await this.#finish(name).catch((err: unknown) =>
        log.warn({ err, name }, 'a snapshot was left unfinished'),
      );
  }

  async #finish(name: string): Promise<void> {
    const { files, store } = this.#deps;
    const path = join(files.snapshots, name);
    const id = name.replace(/^\.[a-z]+-/, '');
    if (name.startsWith(NEW) && (await store.snapshots.exists(id)))
      return rename(path, join(files.snapshots, id));
    if (name.startsWith(REMOVED)) await store.snapshots.forget(id);
    if ([NEW, REMOVED, LOAD].some((prefix) => name.startsWith(prefix))) await rm(path, REMOVE);
  }

  async #ask(what: 'made' | 'loaded', session: string, offer: string, code: string): Promise<unknown> {
    try {
      return JSON.parse(await callWhenIdle(this.#deps.compute, session, offer, code));
    } catch (error) {
      if (!(error instanceof FarsideError) || error.code !== 'callFailed') throw error;
      const reason = String(error.details['reason']);
      if (reason.startsWith('disk full')) throw new FarsideError('diskFull', {}, { cause: error });
      throw new FarsideError('snapshotFailed', { what, reason }, { cause: error });
    }
  }
}

async function zipSize(dir: string): Promise<number> {
  const size = new ZipSize();
  for await (const entry of contentOf(dir)) size.add(entry);
  return size.bytes;
}

const timeText = (ms: number): string => new Date(ms).toISOString().slice(0, -1);

function infoOf({ id, name, owner, created, size }: SnapshotRow): SnapshotInfo {
  return { id, name, owner, creationTime: timeText(created), contentSize: size };
}

function detailOf(row: SnapshotRow): SnapshotDetail {
  const { session, r_version: rVersion, objects, files } = row;
  return {
    ...infoOf(row),
    ...(session !== null && { session }),
    ...(rVersion !== null && { rVersion }),
    ...(objects !== null && { objects }),
    ...(files !== null && { files }),
  };
}
