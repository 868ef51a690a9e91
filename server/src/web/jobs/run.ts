import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { FarsideError, type SessionInfo } from '@farside/protocol';
import type { Logger } from 'pino';
import type { JobRow } from '../../store/jobs.ts';
import type { Store } from '../../store/store.ts';
import type { Sessions } from '../sessions.ts';
import { jobLine, type JobFiles } from './files.ts';
import { isBackAtPrompt, sendInput } from './input.ts';
import { look, outcomeNow, type JobLook, type LookDeps } from './look.ts';
import { settingsOf, type JobOutcome } from './row.ts';

/** A start that failed for a passing reason, e.g. a compute node killed over it, is tried once more. */
const MOST_SESSIONS = 2;
/** After a failure nobody foresaw, or without a compute node. */
const AGAIN_MS = 1_000;
/** R was asked to end by its script and did not. */
const GRACE_MS = 5_000;

export interface RunDeps extends LookDeps {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly jobFiles: JobFiles;
  readonly log: Logger;
  /** The job is another than before: its state, or what it says of itself. */
  readonly changed: (owner: string) => void;
  readonly over: (id: string) => void;
}

/**
 * Brings one job to its end, from wherever it stands: each step looks at what there is and does what comes next, so
 * that a web node that takes over needs to know nothing but the row.
 */
export class JobRun {
  readonly id: string;
  readonly #deps: RunDeps;
  readonly #stopping = new AbortController();
  readonly #over = Promise.withResolvers<void>();
  readonly #sent = Promise.withResolvers<void>();
  #news = Promise.withResolvers<void>();
  #session: string | undefined;

  constructor(id: string, deps: RunDeps) {
    this.id = id;
    this.#deps = deps;
  }

  /** Resolves when the job is over and that is written down. */
  get over(): Promise<void> {
    return this.#over.promise;
  }
  /** Resolves when R has read the script, or will not. */
  get sent(): Promise<void> {
    return Promise.race([this.#sent.promise, this.over]);
  }
  /** Where it runs; undefined until that is known. */
  get session(): string | undefined {
    return this.#session;
  }

  /** Something happened: look again. */
  wake(): void {
    this.#news.resolve();
  }

  /** Lets go of the job; it goes on. */
  stop(): void {
    this.#stopping.abort();
    this.wake();
  }

  async run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#news = Promise.withResolvers<void>();
      try {
        const next = await this.#step();
        if (next === 'over') break;
        if (next === 'wait') await this.#news.promise;
      } catch (err) {
        if (signal.aborted) return;
        this.#deps.log.warn({ err, job: this.id }, 'a job does not come on');
        await Promise.race([delay(AGAIN_MS, undefined, { signal }).catch(() => undefined)]);
      }
    }
    if (signal.aborted) return;
    this.#over.resolve();
    this.#deps.over(this.id);
  }

  async #step(): Promise<'again' | 'wait' | 'over'> {
    const { store, compute } = this.#deps;
    const row = await store.jobs.get(this.id);
    if (!row || row.outcome !== null) return 'over';
    this.#session = row.session;
    const seen = await look(this.#deps, row);
    const { session, report } = seen;
    if (!session) return this.#begin(row);
    if (session.state.state === 'ended') {
      const isUnread = session.state.final.cause === 'startup' && row.sent === 0 && !report;
      if (isUnread && row.cancelled === null && row.attempts < MOST_SESSIONS) return this.#elsewhere(row);
      return this.#conclude(row, seen);
    }
    if (report) this.#sent.resolve();
    if (row.sent === 0 && !report) return this.#send(row, session);
    const { state } = session;
    if (
      state.state === 'idle' &&
      state.prompt === 'top' &&
      (await isBackAtPrompt(compute, session.id, row.id))
    ) {
      await compute.end(session.id, { graceMs: GRACE_MS });
      return 'again';
    }
    this.#deps.changed(row.owner);
    return 'wait';
  }

  /** Starts the worker. */
  async #begin(row: JobRow): Promise<'again' | 'over'> {
    if (row.cancelled !== null) return this.#conclude(row, {}, { state: 'cancelled' });
    if (row.sent !== 0)
      return this.#conclude(row, {}, { state: 'lost', message: 'The session of the job was removed.' });
    const { name, folderId } = settingsOf(row);
    try {
      await this.#deps.sessions.start(row.owner, { id: row.session, name, folderId, kind: 'job' });
    } catch (error) {
      if (!(error instanceof FarsideError) || error.code === 'computeDown') throw error;
      // It is in the list when R did not come up, and says why.
      if ((await look(this.#deps, row)).session) return 'again';
      if (row.attempts < MOST_SESSIONS && error.retryable) return this.#elsewhere(row);
      return this.#conclude(row, {}, { state: 'failed', message: error.message });
    }
    return 'again';
  }

  /** Another worker in place of one that R's code never began in. */
  async #elsewhere(row: JobRow): Promise<'again'> {
    const { store, sessions, jobFiles } = this.#deps;
    // First, so that nobody has to remember it: whoever is killed here begins again with the same id.
    await sessions.remove(row.owner, row.session).catch((error: unknown) => {
      if (!(error instanceof FarsideError) || error.code !== 'noSuchSession') throw error;
    });
    await store.jobs.update(row.id, { session: randomUUID(), attempts: row.attempts + 1 });
    await jobFiles.forget(row.id);
    return 'again';
  }

  async #send(row: JobRow, session: SessionInfo): Promise<'again' | 'over'> {
    const { store, compute, jobFiles } = this.#deps;
    if (row.cancelled !== null) {
      await compute.end(session.id, { force: true });
      return 'again';
    }
    await jobFiles.remember(row.id, session.workdir);
    const settings = settingsOf(row);
    const run = {
      job: row.id,
      line: jobLine(jobFiles.script(row.id), settings),
      display: `job(${JSON.stringify(settings.file)})`,
    };
    const sent = await sendInput(compute, session.id, run, this.#stopping.signal);
    if (sent === 'ended') return 'again';
    if (sent === 'read') {
      await store.jobs.update(row.id, { sent: 1 });
      this.#sent.resolve();
      return 'again';
    }
    // R will not read it: interrupted before, or refused.
    await compute.end(session.id, { force: true });
    const seen = await look(this.#deps, row);
    if (sent === 'discarded')
      return this.#conclude(row, seen, {
        state: 'cancelled',
        message: 'It was interrupted before R read the script.',
      });
    return this.#conclude(row, seen, { state: 'failed', message: sent.refused });
  }

  /** Writes down how the job was, for good. */
  async #conclude(
    row: JobRow,
    { session, report }: Partial<JobLook>,
    told?: Pick<JobOutcome, 'state' | 'message'>,
  ): Promise<'over'> {
    const { store, jobFiles, changed } = this.#deps;
    // Whoever cancelled it meanwhile is right.
    const latest = (await store.jobs.get(row.id)) ?? row;
    const now = await outcomeNow(this.#deps, latest, { session, report });
    const files = session ? await jobFiles.changed(row.id, session.workdir) : [];
    const ended = now.ended ?? Date.now();
    const outcome: JobOutcome = { ...now, ...told, files, ended };
    await store.jobs.update(row.id, { outcome: JSON.stringify(outcome), ended });
    await jobFiles.forget(row.id);
    changed(row.owner);
    return 'over';
  }
}
