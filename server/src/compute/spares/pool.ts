import type { Logger } from 'pino';
import { rEnvironment } from '../../runtime/environment.ts';
import type { CreateSession } from '../api.ts';
import type { WorkerRuntime } from '../sessions/launch.ts';
import { needsColdStart, startFiles } from './policy.ts';
import { Spare } from './spare.ts';

/** Whoever just got a session is typing; the next spare's start shall not slow that down. */
const REFILL_MS = 500;
/** A spare that dies unused is replaced later and later. */
const BACKOFF_MS = { first: 1_000, most: 5 * 60_000 } as const;

/** Keeps some spare workers ready, and makes new ones when no session is being started. */
export class SparePool {
  readonly #runtime: WorkerRuntime;
  readonly #root: string;
  readonly #log: Logger;
  #wanted = 0;
  #spares: Spare[] = [];
  #files = '';
  #starting: Promise<void> | undefined;
  #sessionStarts = 0;
  #deaths = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(runtime: WorkerRuntime, root: string, log: Logger) {
    this.#runtime = runtime;
    this.#root = root;
    this.#log = log;
  }

  /** Spares that have loaded what they load ahead. */
  get ready(): number {
    return this.#spares.filter((spare) => spare.isReady).length;
  }

  /** How many to keep; 0: none. */
  async resize(wanted: number): Promise<void> {
    this.#wanted = wanted;
    await this.#starting;
    await this.#drop(this.#spares.slice(this.#wanted));
    this.#refill(0);
  }

  /** A spare for this session, or undefined when there is none or it would start differently. */
  take(request: CreateSession): Spare | undefined {
    if (this.#spares.length === 0) return undefined;
    const env = rEnvironment();
    const cold = needsColdStart(request.workdir, this.#runtime.r, env);
    if (cold) {
      this.#log.debug({ session: request.id, cold }, 'no spare is used');
      return undefined;
    }
    if (startFiles(this.#runtime, env) !== this.#files) {
      this.#log.info('what R reads at its start has changed: the spares are replaced');
      void this.#drop(this.#spares);
      this.#refill(REFILL_MS);
      return undefined;
    }
    // The one that waited longest; one that died this moment is passed over.
    for (let spare = this.#spares.shift(); spare; spare = this.#spares.shift()) {
      if (!spare.isAlive) continue;
      spare.take();
      this.#deaths = 0;
      return spare;
    }
    return undefined;
  }

  /** A session is being started: nothing else is, until the returned function is called. */
  sessionStarts(): () => void {
    this.#sessionStarts++;
    return () => {
      this.#sessionStarts--;
      this.#refill(REFILL_MS);
    };
  }

  /** Ends all spares. */
  async dispose(): Promise<void> {
    await this.resize(0);
    clearTimeout(this.#timer);
  }

  #refill(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#spares.length >= this.#wanted) return;
    this.#timer = setTimeout(() => void this.#fill(), delayMs).unref();
  }

  async #fill(): Promise<void> {
    if (this.#starting || this.#sessionStarts > 0 || this.#spares.length >= this.#wanted) return;
    this.#starting = this.#add().catch((err: unknown) => this.#died(err));
    await this.#starting;
    this.#starting = undefined;
    // The next one when this one is through with its own start, or so.
    if (this.#deaths === 0) this.#refill(REFILL_MS);
  }

  async #add(): Promise<void> {
    const files = startFiles(this.#runtime, rEnvironment());
    if (files !== this.#files) void this.#drop(this.#spares);
    this.#files = files;
    const spare = await Spare.start(this.#runtime, this.#root);
    this.#spares.push(spare);
    void spare.worker.exited.then(() => {
      if (!this.#spares.includes(spare)) return;
      this.#spares = this.#spares.filter((other) => other !== spare);
      this.#died(new Error('it ended'));
    });
  }

  #died(err: unknown): void {
    const wait = Math.min(BACKOFF_MS.first * 2 ** this.#deaths++, BACKOFF_MS.most);
    this.#log.warn({ err, wait }, 'a spare worker died');
    this.#refill(wait);
  }

  async #drop(spares: readonly Spare[]): Promise<void> {
    this.#spares = this.#spares.filter((spare) => !spares.includes(spare));
    await Promise.all(spares.map((spare) => spare.end()));
  }
}
