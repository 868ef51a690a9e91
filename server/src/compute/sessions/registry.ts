import { mkdirSync } from 'node:fs';
import { FarsideError, type SessionInfo } from '@farside/protocol';
import type { Logger } from 'pino';
import type { CreateSession } from '../api.ts';
import { sessionFiles } from '../files.ts';
import { SparePool } from '../spares/pool.ts';
import { savedAt } from './workspace.ts';
import { adoptSessions } from './adopt.ts';
import type { WorkerRuntime } from './launch.ts';
import { removeRecord } from './record.ts';
import type { Session } from './session.ts';
import { startSession } from './start.ts';

export type ChangeListener = (session: Session) => void;

/** All sessions of one data directory. */
export class SessionRegistry {
  readonly #root: string;
  readonly #runtime: WorkerRuntime;
  readonly #spares: SparePool;
  readonly #log: Logger;
  readonly #sessions = new Map<string, Session>();
  readonly #listeners = new Set<ChangeListener>();

  constructor(root: string, runtime: WorkerRuntime, log: Logger) {
    this.#root = root;
    this.#runtime = runtime;
    this.#log = log;
    mkdirSync(root, { recursive: true, mode: 0o700 });
    this.#spares = new SparePool(runtime, root, log);
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Workers started ahead. */
  get spares(): SparePool {
    return this.#spares;
  }

  /** Takes over what earlier compute nodes left. */
  async adopt(): Promise<void> {
    for (const session of await adoptSessions(this.#root, this.#log, (s) => this.#changed(s))) {
      this.#sessions.set(session.id, session);
    }
  }

  async create(request: CreateSession): Promise<Session> {
    if (this.#sessions.has(request.id)) {
      throw new FarsideError('badRequest', { reason: `there is already a session "${request.id}"` });
    }
    const started = performance.now();
    const starter = { runtime: this.#runtime, root: this.#root, spares: this.#spares, log: this.#log };
    const hooks = {
      made: (made: Session) => this.#sessions.set(made.id, made),
      changed: (s: Session) => this.#changed(s),
    };
    const restore = request.restore === undefined ? undefined : await this.#savedWorkspace(request.restore);
    const session = await startSession(starter, request, hooks, restore);
    this.#log.info({ session: request.id, ms: Math.round(performance.now() - started) }, 'session started');
    return session;
  }

  /** Forgets an ended session and deletes its directory; throws `sessionNotEnded`. */
  async remove(id: string): Promise<void> {
    const session = this.get(id);
    await requireEnded(session);
    const others = [...this.#sessions.values()].filter((other) => other !== session);
    const workdirs = others.map((other) => other.meta.workdir);
    await removeRecord(this.#root, { dir: session.dir, workdir: session.meta.workdir }, workdirs);
    this.#sessions.delete(id);
    session.dismiss();
    this.#changed(session);
  }

  get(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new FarsideError('noSuchSession', { session: id });
    return session;
  }

  list(): Promise<SessionInfo[]> {
    return Promise.all([...this.#sessions.values()].map((session) => session.info()));
  }

  /** Tells about every change of state; returns how to stop it. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets go of all workers; they live on. Spares do not. */
  async release(): Promise<void> {
    await this.#spares.dispose();
    await Promise.all([...this.#sessions.values()].map((session) => session.release()));
  }

  /** The file that an ended session left; undefined when it left none. */
  async #savedWorkspace(id: string): Promise<string | undefined> {
    const session = this.get(id);
    await requireEnded(session);
    const { workspace } = sessionFiles(session.dir);
    return savedAt(workspace) === undefined ? undefined : workspace;
  }

  #changed(session: Session): void {
    for (const listener of this.#listeners) listener(session);
  }
}

/** Its last record is written some moments before its process is gone: those are waited for. */
async function requireEnded(session: Session): Promise<void> {
  if (session.state.state !== 'ended') throw new FarsideError('sessionNotEnded', { session: session.id });
  await session.over;
}
