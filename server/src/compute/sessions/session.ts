import { rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AttachMode,
  EndFlag,
  endFrame,
  FarsideError,
  interruptFrame,
  OLDEST_WORKER_PROTOCOL,
  type Final,
  type SessionInfo,
} from '@farside/protocol';
import type { Logger } from 'pino';
import { sessionFiles } from '../files.ts';
import { readExit } from '../launch/exitRecord.ts';
import { removeTempDir } from '../launch/tempDir.ts';
import { JournalFollower } from '../journal/follower.ts';
import { JournalHead } from '../journal/head.ts';
import { callWorker } from '../worker/call.ts';
import { connectWorker } from '../worker/connection.ts';
import { requireKnownWorker } from '../worker/protocol.ts';
import { Checkpoints } from './checkpoints.ts';
import { ControlSink } from './controlSink.ts';
import { writeLastWord } from './lastWord.ts';
import { savedAt } from './workspace.ts';
import { writeMeta, type SessionMeta } from './meta.ts';
import { watchOom, type OomWatch } from './oom.ts';
import { addressSpaceLimit, bootId, isAlive, residentBytes, signalGroup, type ProcessId } from './process.ts';
import { STARTING, type SessionView } from './state.ts';

/** Between two looks at a worker whose connection is gone but whose process is not yet. */
const LOOK_AGAIN_MS = 20;
/** A worker that lives this long without answering on its socket is of no use and is killed. */
const SILENT_MS = 15_000;
/** Beyond the grace period the worker ends itself; after this much more it is killed. */
const OVERDUE_MS = 3_000;

/** A worker takes 32 connections; the rest is for the supervisor and for calls. */
const MAX_READERS = 24;

/** The worker's parent writes its record within moments; it can not hang in more than a full disk. */
const PARENT_MS = 2_000;

/** A session as the compute node sees it: the supervisor of one worker, or the memory of one. */
export class Session {
  readonly dir: string;
  readonly #log: Logger;
  readonly #changed: (session: Session) => void;
  readonly #follower: JournalFollower;
  readonly #head: JournalHead;
  readonly #sink: ControlSink;
  #meta: SessionMeta;
  readonly #checkpoints: Checkpoints | undefined;
  #control: Socket | undefined;
  #oom: OomWatch | undefined;
  readonly #readers = new Set<() => void>();
  #forced = false;
  #ready = false;
  #stopped = false;
  readonly #over = Promise.withResolvers<Final>();
  readonly #prompted = Promise.withResolvers<void>();

  constructor(
    dir: string,
    meta: SessionMeta,
    log: Logger,
    changed: (session: Session) => void,
    from: { view: SessionView; head: number } = { view: STARTING, head: 0 },
  ) {
    this.dir = dir;
    this.#meta = meta;
    this.#log = log.child({ session: meta.id });
    this.#changed = changed;
    this.#head = new JournalHead(this.journal);
    this.#sink = new ControlSink(from.view, () => this.#viewChanged());
    this.#follower = new JournalFollower(this.journal, AttachMode.control, from.head, this.#sink);
    this.#prompted.promise.catch(() => {});
    this.#checkpoints = this.#checkpointed(meta, from.view.lastActivity);
    if (meta.over) this.#over.resolve(meta.over.final);
    this.#viewChanged();
  }

  get id(): string {
    return this.#meta.id;
  }
  get owner(): string {
    return this.#meta.owner;
  }
  get meta(): SessionMeta {
    return this.#meta;
  }
  get journal(): string {
    return sessionFiles(this.dir).journal;
  }
  get state(): SessionInfo['state'] {
    return this.#meta.over ? { state: 'ended', final: this.#meta.over.final } : this.#sink.view.state;
  }
  /** The process is gone and the journal complete. */
  get isOver(): boolean {
    return this.#meta.over !== undefined;
  }
  /** Resolves when R is gone and the journal has its final record. */
  get over(): Promise<Final> {
    return this.#over.promise;
  }
  /** Resolves at the first prompt; rejects when R ends before. */
  get prompted(): Promise<void> {
    return this.#prompted.promise;
  }

  async head(): Promise<number> {
    return this.#meta.over ? this.#meta.over.head : this.#head.read();
  }

  async info(): Promise<SessionInfo> {
    const { id, name, owner, created, workdir, folderId, kind, over } = this.#meta;
    const { hello, lastActivity } = this.#sink.view;
    const pid = over ? undefined : this.#meta.process?.pid;
    const memory = pid === undefined ? undefined : residentBytes(pid);
    const limit = pid === undefined ? undefined : addressSpaceLimit(pid);
    const workspaceSaved = savedAt(sessionFiles(this.dir).workspace);
    return {
      id,
      name,
      owner,
      created,
      workdir,
      state: this.state,
      head: await this.head(),
      lastActivity: over?.lastActivity || lastActivity || created,
      ...(folderId !== undefined && { folderId }),
      ...(hello && { hello: { ...hello, ...(limit !== undefined && { limits: { memory: limit } }) } }),
      ...(memory !== undefined && { memory }),
      ...(kind !== undefined && { kind }),
      ...(workspaceSaved !== undefined && { workspaceSaved }),
    };
  }

  /** Names the worker's process, so that another compute node finds it again. */
  adoptProcess(process: ProcessId | undefined, parent = this.#meta.parent): void {
    this.#meta = { ...this.#meta, process, parent };
    writeMeta(sessionFiles(this.dir).meta, this.#meta);
    if (process) this.#oom = watchOom(process.pid);
  }

  /** Supervises the worker from now on, first over this connection. */
  supervise(control: Socket | undefined): void {
    this.#watch(control).catch((err: unknown) => this.#log.error({ err }, 'supervision failed'));
  }

  /** Counts a reader in, with how to cut it off; returns how to count it out. */
  admit(cut: () => void): () => void {
    if (!this.isOver) requireKnownWorker(this.#sink.view.hello);
    if (this.#readers.size >= MAX_READERS) {
      throw new FarsideError('badRequest', { reason: `the session has ${MAX_READERS} readers already` });
    }
    this.#readers.add(cut);
    return () => void this.#readers.delete(cut);
  }

  /** The session was removed: nobody reads it any more. */
  dismiss(): void {
    for (const cut of this.#readers) cut();
  }

  /** Gives the session another name, kept over restarts. */
  rename(name: string): void {
    const meta = { ...this.#meta, name };
    writeMeta(sessionFiles(this.dir).meta, meta);
    this.#meta = meta;
    this.#changed(this);
  }

  async interrupt(level: 1 | 2): Promise<void> {
    this.#live().write(interruptFrame(level));
  }

  /** Ends R and resolves when it is gone. */
  async end(options: { force: true } | { graceMs: number; saveWorkspace?: boolean }): Promise<void> {
    if (this.isOver) return;
    if ('force' in options) {
      this.kill();
    } else {
      // Older workers know no flags.
      const flags = options.saveWorkspace && this.#protocol >= 2 ? EndFlag.saveWorkspace : 0;
      this.#control?.write(endFrame(options.graceMs, flags));
      const overdue = setTimeout(() => this.kill(), options.graceMs + OVERDUE_MS);
      await this.over.finally(() => clearTimeout(overdue));
    }
    await this.over;
  }

  kill(): void {
    this.#forced = true;
    if (this.#meta.process && isAlive(this.#meta.process)) signalGroup(this.#meta.process.pid, 'SIGKILL');
  }

  async call(code: string, budgetMs: number): Promise<Readable> {
    this.#live();
    return callWorker(this.dir, code, budgetMs);
  }

  /** Lets go of the worker without ending it. */
  async release(): Promise<void> {
    this.#stopped = true;
    this.#checkpoints?.stop();
    this.#control?.destroy();
    await Promise.all([this.#follower.close(), this.#head.close()]);
  }

  get #protocol(): number {
    return this.#sink.view.hello?.protocol ?? OLDEST_WORKER_PROTOCOL;
  }

  #checkpointed(
    { checkpointMinutes: minutes = 0, over }: SessionMeta,
    active: number,
  ): Checkpoints | undefined {
    if (minutes === 0 || over) return undefined;
    const file = sessionFiles(this.dir).workspace;
    const call = (code: string, budgetMs: number): Promise<Readable> => this.call(code, budgetMs);
    return new Checkpoints({ file, minutes, log: this.#log, call }, active);
  }

  #live(): Socket {
    const { state } = this;
    if (state.state === 'ended') throw new FarsideError('sessionEnded', { cause: state.final.message });
    requireKnownWorker(this.#sink.view.hello);
    if (!this.#control) throw new FarsideError('sessionBusy');
    return this.#control;
  }

  #viewChanged(): void {
    const { state } = this.#sink.view.state;
    this.#checkpoints?.state(this.state);
    if (!this.#ready && ['idle', 'waiting', 'busy'].includes(state)) {
      this.#ready = true;
      this.#prompted.resolve();
    }
    this.#changed(this);
  }

  async #watch(first: Socket | undefined): Promise<void> {
    let socket = first;
    let silentSince = Date.now();
    while (!this.#stopped) {
      if (socket) {
        this.#control = socket;
        await this.#follower
          .live(socket)
          .catch((err: unknown) => this.#log.error({ err }, 'worker sent nonsense'));
        this.#control = undefined;
        silentSince = Date.now();
      }
      if (this.#stopped) return;
      if (!this.#meta.process || !isAlive(this.#meta.process)) return this.#bury();
      if (Date.now() - silentSince > SILENT_MS) signalGroup(this.#meta.process.pid, 'SIGKILL');
      await delay(LOOK_AGAIN_MS);
      socket = await connectWorker(this.dir).catch(() => undefined);
    }
  }

  /** The process is gone: completes the journal and remembers how it ended. */
  async #bury(): Promise<void> {
    await this.#parentGone();
    if (this.#meta.process && this.#meta.process.bootId === bootId())
      signalGroup(this.#meta.process.pid, 'SIGKILL');
    await this.#follower.catchUp();
    const { state, lastActivity } = this.#sink.view;
    const final = state.state === 'ended' ? state.final : await this.#lastWord();
    this.#meta = { ...this.#meta, over: { final, head: this.#follower.cursor, lastActivity } };
    this.#remember();
    this.#tidy();
    await Promise.all([this.#follower.close(), this.#head.close()]);
    this.#prompted.reject(new FarsideError('sessionStartFailed', { reason: final.message }));
    this.#over.resolve(final);
    this.#changed(this);
  }

  /** Removes what R left. The mark tells a worker that runs against all appearances to end. */
  #tidy(): void {
    const files = sessionFiles(this.dir);
    try {
      writeFileSync(files.ended, '');
      removeTempDir(this.dir);
      rmSync(join(this.dir, files.socket), { force: true });
    } catch (err) {
      this.#log.warn({ err }, 'what R left could not be removed');
    }
  }

  async #parentGone(): Promise<void> {
    const { parent } = this.#meta;
    for (const until = Date.now() + PARENT_MS; parent && isAlive(parent) && Date.now() < until;)
      await delay(LOOK_AGAIN_MS);
  }

  /** Without it, the next node reads the journal again: slower, not wrong. */
  #remember(): void {
    try {
      writeMeta(sessionFiles(this.dir).meta, this.#meta);
    } catch (err) {
      this.#log.error({ err }, 'the session could not be written down');
    }
  }

  async #lastWord(): Promise<Final> {
    const { process: worker } = this.#meta;
    const death = {
      starting: !this.#ready,
      rebooted: worker !== undefined && worker.bootId !== bootId(),
      forced: this.#forced,
      oom: this.#oom?.proves() ?? false,
      ...readExit(this.dir),
    };
    const final = await writeLastWord(this.dir, this.#follower.cursor, death, this.#log);
    await this.#follower.catchUp();
    return final;
  }
}
