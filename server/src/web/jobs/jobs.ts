import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FarsideError, isJobOver, type JobInfo, type JobRequest } from '@farside/protocol';
import type { JobRow } from '../../store/jobs.ts';
import { OwnerNews } from '../ownerNews.ts';
import { isWithin, stopScript } from './cancel.ts';
import { look, outcomeNow } from './look.ts';
import { FRAMES, readReport, RESULTS } from './report.ts';
import { jobInfo, outcomeOf, settingsOf } from './row.ts';
import { JobRun, type RunDeps } from './run.ts';
import { ReportWatch } from './watch.ts';
import type { Webhooks } from './webhook/webhooks.ts';

/** Jobs that are over stay in the list so long. */
const LISTED_MS = 30 * 24 * 60 * 60_000;
/** Whoever starts a job waits at most so long for R to read it; it starts in any case. */
const START_MS = 5_000;
/** What a job left is gathered within this, or else shown later. */
const OVER_MS = 5_000;

export type JobsDeps = Omit<RunDeps, 'over' | 'changed'> & { readonly webhooks: Webhooks };

/** Scripts with a worker of their own. What is another user's does not exist here. */
export class Jobs {
  readonly #deps: JobsDeps;
  readonly #runs = new Map<string, JobRun>();
  readonly #cancels = new Map<string, Promise<void>>();
  readonly #watch = new ReportWatch();
  /** Whose jobs are others than before. */
  readonly news = new OwnerNews();
  constructor(deps: JobsDeps) {
    this.#deps = deps;
  }

  /** Something about a user's jobs is new. */
  changed(owner: string): void {
    this.news.tell(owner);
  }

  /** Throws `webhookRefused`, or `notFound` for the folder. */
  async start(owner: string, request: JobRequest): Promise<JobInfo> {
    const { store, jobFiles, webhooks } = this.#deps;
    const { script, ...settings } = request;
    const { folderId, webhook } = settings;
    if (webhook !== undefined) webhooks.check(webhook);
    if (folderId !== undefined && !(await store.folders.find(owner, folderId)))
      throw new FarsideError('notFound', { what: `folder "${folderId}"` });
    const row: JobRow = {
      id: randomUUID(),
      owner,
      session: randomUUID(),
      attempts: 1,
      created: Date.now(),
      request: JSON.stringify(settings),
      sent: 0,
      cancelled: null,
      ended: null,
      outcome: null,
      hook_state: webhook === undefined ? null : 'pending',
      hook_attempts: 0,
      hook_reason: null,
    };
    // The script first: a row without one could not be started.
    await jobFiles.storeScript(row.id, script);
    await store.jobs.add(row);
    const run = this.#go(row.id);
    await isWithin(run.sent, START_MS);
    return this.info(owner, row.id);
  }

  /** Throws `noSuchJob`. */
  async info(owner: string, id: string): Promise<JobInfo> {
    return this.#infoOf(await this.#owned(owner, id));
  }

  /** The newest first. */
  async list(owner: string): Promise<JobInfo[]> {
    const rows = await this.#deps.store.jobs.list(owner, Date.now() - LISTED_MS);
    return Promise.all(rows.map((row) => this.#infoOf(row)));
  }

  /** Stops a job and answers when it is over; one that is over stays as it was. */
  async cancel(owner: string, id: string): Promise<JobInfo> {
    const row = await this.#owned(owner, id);
    if (row.outcome === null) {
      await this.#deps.store.jobs.markCancelled(id, Date.now());
      await this.#stop(id);
    }
    return this.info(owner, id);
  }

  async rerun(owner: string, id: string): Promise<JobInfo> {
    const row = await this.#owned(owner, id);
    const script = await readFile(this.#deps.jobFiles.script(id), 'utf8');
    return this.start(owner, { ...settingsOf(row), script });
  }

  /** Throws `jobNotOver`. */
  async remove(owner: string, id: string): Promise<void> {
    const { store, sessions, jobFiles } = this.#deps;
    const row = await this.#owned(owner, id);
    if (row.outcome === null) throw new FarsideError('jobNotOver');
    await sessions.remove(owner, row.session).catch((error: unknown) => {
      // Never begun, or removed before.
      if (!(error instanceof FarsideError) || error.code !== 'noSuchSession') throw error;
    });
    await store.sessions.remove(row.session);
    await jobFiles.remove(id);
    await store.jobs.remove(id);
    this.changed(owner);
  }

  /** Where an object that was kept lies; throws `noSuchObject`. */
  async result(owner: string, id: string, name: string): Promise<{ directory: string; path: string }> {
    const directory = this.#deps.files.session((await this.#owned(owner, id)).session);
    const file = (await readReport(directory))?.results.find((result) => result.name === name)?.file;
    if (file === undefined) throw new FarsideError('noSuchObject', { name: name.slice(0, 200) });
    return { directory, path: `${RESULTS}/${file}` };
  }

  /** Where the frames of its failure lie; throws `notFound`. */
  async frames(owner: string, id: string): Promise<{ directory: string; path: string }> {
    const directory = this.#deps.files.session((await this.#owned(owner, id)).session);
    if (!(await readReport(directory))?.frames)
      throw new FarsideError('notFound', { what: 'frames of the job' });
    return { directory, path: FRAMES };
  }

  /** Goes on with everything that is not over: at the start, and when the compute node is there again. */
  async resume(): Promise<void> {
    const { store, webhooks } = this.#deps;
    for (const row of await store.jobs.unfinished()) {
      const known = this.#runs.get(row.id);
      if (known) known.wake();
      else this.#go(row.id);
      if (row.cancelled !== null) void this.#stop(row.id);
    }
    await webhooks.resume((row) => this.#overInfo(row));
  }

  /** A session's state is another. */
  sessionChanged(session: string): void {
    for (const run of this.#runs.values()) if (run.session === session) run.wake();
  }

  /** Lets go of all jobs; they go on. */
  stop(): void {
    this.#watch.stop();
    this.#deps.webhooks.stop();
    for (const run of this.#runs.values()) run.stop();
  }

  #go(id: string): JobRun {
    const run: JobRun = new JobRun(id, {
      ...this.#deps,
      changed: (owner) => {
        this.#follow(run, owner);
        this.changed(owner);
      },
      over: () => void this.#over(run).catch((err: unknown) => this.#deps.log.warn({ err, job: id })),
    });
    this.#runs.set(id, run);
    void run.run();
    return run;
  }

  #follow({ session }: JobRun, owner: string): void {
    if (session !== undefined)
      this.#watch.begin(this.#deps.files.session(session), () => this.changed(owner));
  }

  async #over(run: JobRun): Promise<void> {
    this.#runs.delete(run.id);
    if (run.session !== undefined) this.#watch.end(this.#deps.files.session(run.session));
    const row = await this.#deps.store.jobs.get(run.id);
    if (row?.hook_state === 'pending') this.#deps.webhooks.tell(this.#overInfo(row), row.hook_attempts);
  }

  /** One at a time for each job. */
  #stop(id: string): Promise<void> {
    const running = this.#cancels.get(id);
    if (running) return running;
    const stopping = this.#ladder(id).finally(() => this.#cancels.delete(id));
    this.#cancels.set(id, stopping);
    return stopping;
  }

  async #ladder(id: string): Promise<void> {
    const run = this.#runs.get(id);
    if (!run) return;
    run.wake();
    // Not begun: the run sees that nobody wants it any more.
    if (!(await isWithin(run.sent, START_MS)) && run.session !== undefined)
      await this.#deps.compute.end(run.session, { force: true }).catch(() => undefined);
    const ended = run.over;
    if (run.session !== undefined && !(await isWithin(ended, 0)))
      await stopScript(this.#deps.compute, run.session, ended);
    await ended;
  }

  async #infoOf(row: JobRow): Promise<JobInfo> {
    const outcome = outcomeOf(row);
    if (outcome) return jobInfo(row, outcome);
    const now = await outcomeNow(this.#deps, row, await look(this.#deps, row));
    if (!isJobOver(now.state)) return jobInfo(row, now);
    // Over is what is written down as such, with all that the job left.
    const run = this.#runs.get(row.id);
    run?.wake();
    if (run) await isWithin(run.over, OVER_MS);
    const latest = (await this.#deps.store.jobs.get(row.id)) ?? row;
    return jobInfo(latest, outcomeOf(latest) ?? { ...now, state: 'running' });
  }

  #overInfo(row: JobRow): JobInfo {
    const outcome = outcomeOf(row);
    if (!outcome) throw new Error('the job is not over');
    return jobInfo(row, outcome);
  }

  async #owned(owner: string, id: string): Promise<JobRow> {
    const row = await this.#deps.store.jobs.get(id);
    if (row?.owner !== owner) throw new FarsideError('noSuchJob', { job: id.slice(0, 64) });
    return row;
  }
}
