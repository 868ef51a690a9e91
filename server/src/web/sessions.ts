import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { FarsideError, type SessionInfo } from '@farside/protocol';
import type { ComputeClient, EndOptions } from '../compute/client.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { DataFiles } from './dataFiles.ts';

/** An ended session stays in the list so long; by its id it can be read for ever. */
const ENDED_LISTED_MS = 24 * 60 * 60_000;

export interface SessionsDeps {
  readonly store: Store;
  readonly compute: ComputeClient;
  readonly files: DataFiles;
  readonly memoryLimit?: number;
  readonly journalBytes?: number;
  readonly plotBytes?: number;
  /** Whose library `install.packages()` fills. */
  readonly packageLibrary?: 'session' | 'personal';
  /** Where packages come from. */
  readonly repos?: string;
  /** Where a session does not say; 0: never. */
  readonly checkpointMinutes?: number;
}
export interface StartOptions {
  name?: string;
  folderId?: string;
  columns?: number;
  /** An ended session of the same owner: name, place and saved workspace are taken over. */
  restore?: string;
  checkpointMinutes?: number;
  kind?: SessionInfo['kind'];
  /** For a caller that may come again with the same one after it died; a new one by default. */
  id?: string;
}

/** Sessions with their owners. What is another user's does not exist here. */
export class Sessions {
  readonly #deps: SessionsDeps;
  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  async start(owner: string, options: StartOptions): Promise<SessionInfo> {
    const { store, compute, files, memoryLimit, journalBytes, plotBytes } = this.#deps;
    const { columns, restore, kind, id = randomUUID() } = options;
    const { checkpointMinutes = this.#deps.checkpointMinutes } = options;
    const old = restore === undefined ? undefined : await this.#ended(owner, restore);
    const folderId = options.folderId ?? old?.folderId ?? undefined;
    const folder = folderId === undefined ? undefined : await store.folders.find(owner, folderId);
    if (folderId !== undefined && !folder)
      throw new FarsideError('notFound', { what: `folder "${folderId}"` });
    const name =
      options.name?.trim() || old?.name || `R ${new Date().toISOString().slice(0, 16).replace('T', ' ')}`;
    const workdir = folder?.path ?? old?.workdir ?? files.workdir(id);
    await store.sessions.ensure({
      id,
      owner,
      name,
      workdir,
      folder: folder?.id ?? null,
      created: Date.now(),
      ended: null,
    });
    try {
      const packages = this.#packages(owner);
      const more = {
        packages,
        columns,
        memoryLimit,
        journalBytes,
        plotBytes,
        kind,
        restore,
        checkpointMinutes,
      };
      return await compute.create({ id, name, owner, workdir, folderId, ...more });
    } catch (error) {
      // A caller with an id of its own looks again what came of it.
      if (options.id === undefined) await store.sessions.remove(id);
      throw error;
    }
  }

  /** Where the libraries of a user are, when this server keeps such. */
  personalLibraries(owner: string): string | undefined {
    const { packageLibrary, files } = this.#deps;
    return packageLibrary === 'personal' ? files.packages(owner) : undefined;
  }

  #packages(owner: string): { personal?: string; repos?: string } {
    const { repos } = this.#deps;
    const personal = this.personalLibraries(owner);
    return { ...(personal !== undefined && { personal }), ...(repos !== undefined && { repos }) };
  }

  /** The session's record when this user owns it; throws `noSuchSession` otherwise. */
  async owned(owner: string, id: string): Promise<SessionRow> {
    const row = await this.#deps.store.sessions.find(owner, id);
    if (!row) throw new FarsideError('noSuchSession', { session: id.slice(0, 64) });
    return row;
  }

  async info(owner: string, id: string): Promise<SessionInfo> {
    await this.owned(owner, id);
    return this.#deps.compute.get(id);
  }

  /** Throws `sessionEnded` for a session that is over. */
  async running(owner: string, id: string): Promise<SessionInfo> {
    const info = await this.info(owner, id);
    if (info.state.state === 'ended')
      throw new FarsideError('sessionEnded', { cause: info.state.final.message });
    return info;
  }

  /** Throws `noSuchSession`, or `sessionNotEnded`. */
  async #ended(owner: string, id: string): Promise<SessionInfo> {
    const info = await this.info(owner, id);
    if (info.state.state !== 'ended') throw new FarsideError('sessionNotEnded', { session: id });
    return info;
  }

  /** Running ones, and those that ended lately. The workers of jobs are listed with the jobs. */
  async list(owner: string): Promise<SessionInfo[]> {
    return (await this.#all(owner)).filter((info) => info.kind !== 'job');
  }

  async #all(owner: string): Promise<SessionInfo[]> {
    const { store, compute } = this.#deps;
    const rows = await store.sessions.list(owner, Date.now() - ENDED_LISTED_MS);
    if (rows.length === 0) return [];
    const infos = new Map((await compute.list()).map((info) => [info.id, info]));
    const found = rows.map((row) => infos.get(row.id)).filter((info) => info !== undefined);
    await Promise.all(
      found.filter((i) => i.state.state === 'ended').map((i) => this.ended(i.id, i.lastActivity)),
    );
    return found.filter((i) => i.state.state !== 'ended' || Date.now() - i.lastActivity < ENDED_LISTED_MS);
  }

  async end(owner: string, id: string, options?: EndOptions): Promise<void> {
    await this.owned(owner, id);
    await this.#deps.compute.end(id, options);
    await this.ended(id, Date.now());
  }

  /** Takes an ended session from the list, with its journal; throws `sessionNotEnded`. Project folders stay. */
  async remove(owner: string, id: string): Promise<void> {
    await this.owned(owner, id);
    await this.#deps.compute.remove(id);
    await this.#deps.store.sessions.remove(id);
  }

  /** Notes that a session is over. Nobody fetches its objects any more. */
  async ended(id: string, when: number): Promise<void> {
    await rm(this.#deps.files.exports(id), { recursive: true, force: true });
    await this.#deps.store.sessions.markEnded(id, when);
  }

  /** Ends everything that runs for a user, jobs too. */
  async endAll(owner: string): Promise<void> {
    const running = (await this.#all(owner)).filter((info) => info.state.state !== 'ended');
    await Promise.all(running.map((info) => this.end(owner, info.id)));
  }

  /** Directory for the texts run in a session. */
  runsOf(id: string): string {
    return this.#deps.files.runs(id);
  }
}
