import { setTimeout as delay } from 'node:timers/promises';
import { Follower } from './follower.ts';
import { Injector } from './injector.ts';
import { planOf } from './plan.ts';
import { descriptors, leftBehind, openDescriptors } from './processes.ts';
import { Random } from './random.ts';
import { Tally, type Report } from './report.ts';
import { Stage } from './stage.ts';
import { Subject } from './subject.ts';
import type { WatcherOptions } from './watcher.ts';

/** What a node may have open beyond what it had at the start: connections kept alive for the next request. */
const SPARE_DESCRIPTORS = 12;

export interface ChaosOptions {
  readonly seed: number;
  /** At least so many faults, and for at least so long. */
  readonly faults: number;
  readonly minutes: number;
  readonly sessions: number;
  readonly clients: number;
  /** Sessions with one more client in another process. */
  readonly followers: number;
  readonly serveArgs?: readonly string[];
  readonly frozen?: boolean;
  readonly keep?: boolean;
  /** Ends early, with what is there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
  /** For a test of the test: something to be found by one client of the first session. */
  readonly plant?: WatcherOptions['plant'];
}

/** Runs a plan of faults against a real server and compares everything afterwards. */
export async function runChaos(options: ChaosOptions): Promise<Report & { dir: string }> {
  const stage = await Stage.open({ args: options.serveArgs, frozen: options.frozen });
  const run = new Run(stage, options);
  try {
    return { ...(await run.all()), dir: stage.dir };
  } finally {
    await run.stop();
    await stage.close();
    if (!options.keep) await stage.remove();
  }
}

class Run {
  readonly #stage: Stage;
  readonly #options: ChaosOptions;
  readonly #random: Random;
  readonly #tally = new Tally();
  readonly #subjects: Subject[] = [];
  readonly #followers: Follower[] = [];
  readonly #driving = new Map<Subject, Promise<void>>();
  readonly #stop = new AbortController();
  #count = 0;

  constructor(stage: Stage, options: ChaosOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#random = new Random(options.seed ^ 0x5eed);
  }

  async all(): Promise<Report> {
    const { seed, sessions, followers, plant } = this.#options;
    const started = performance.now();
    const baseline = await this.#baseline();
    for (let n = 0; n < sessions; n++) await this.#add(n);
    if (plant) await this.#subjects[0]?.watch(undefined, plant);
    for (const subject of this.#subjects.slice(0, followers))
      this.#followers.push(await Follower.open(this.#stage, subject));
    const injector = await this.#inject();
    const faults = { total: injector.total, byKind: injector.counts };
    this.#say('comparing');
    this.#stop.abort();
    await Promise.all(this.#driving.values());
    await this.#finish();
    const leaks = await this.#leaks(baseline);
    return this.#tally.report({ seed, faults, leaks, seconds: (performance.now() - started) / 1000 });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const follower of this.#followers) follower.stop();
    await Promise.all(this.#subjects.flatMap((s) => s.present.map((w) => s.dismiss(w))));
  }

  /** Descriptors of both nodes after a session came and went. */
  async #baseline(): Promise<{ web: number; compute: number }> {
    const { client, server } = this.#stage;
    const { id } = await client.call('startSession', { body: {} });
    await client.call('closeSession', { params: { id } });
    const compute = this.#stage.computePid() ?? 0;
    return { web: descriptors(server.pid).length, compute: descriptors(compute).length };
  }

  async #add(place: number): Promise<void> {
    const random = new Random(this.#options.seed + 7919 * ++this.#count);
    const subject = await Subject.open(this.#stage, `session ${this.#count}`, random, this.#options.clients);
    this.#subjects[place] = subject;
    this.#driving.set(subject, subject.drive(this.#stop.signal));
  }

  /** After R of a session was killed. */
  async #replace(subject: Subject): Promise<void> {
    await this.#driving.get(subject);
    this.#driving.delete(subject);
    this.#tally.subject(await subject.finish());
    await this.#add(this.#subjects.indexOf(subject));
  }

  async #inject(): Promise<Injector> {
    const { faults, minutes, seed, signal } = this.#options;
    const injector = new Injector({
      stage: this.#stage,
      subjects: this.#subjects,
      followers: this.#followers,
      random: this.#random,
      replace: (subject) => this.#replace(subject),
    });
    const started = performance.now();
    const [each, until] = [(minutes * 60_000) / faults, started + minutes * 60_000];
    const plan = planOf(seed);
    for (let n = 1; injector.total < faults || performance.now() < until; n++) {
      if (signal?.aborted) break;
      await injector.inject(plan.next().value);
      this.#say(`${injector.total} of ${faults} faults`);
      // Each has its time; who is behind does not wait.
      await delay(Math.max(0, started + n * each - performance.now()));
    }
    await injector.settle();
    return injector;
  }

  async #finish(): Promise<void> {
    for (const follower of this.#followers) {
      const { difference, problems } = await follower.finish();
      this.#tally.difference('client in another process', difference);
      this.#tally.problems.push(...problems);
    }
    for (const subject of this.#subjects) {
      this.#say(`comparing ${subject.name}`);
      this.#tally.subject(await subject.finish());
    }
  }

  async #leaks(baseline: { web: number; compute: number }): Promise<string[]> {
    const stage = this.#stage;
    const sessions = await stage.client.call('sessions');
    const running = sessions.filter(({ state }) => state.state !== 'ended');
    // Half of them in order, half by force; one by one, so that this client keeps one connection.
    for (const [n, { id }] of running.entries())
      await stage.client.call(n % 2 === 0 ? 'closeSession' : 'closeSessionByForce', { params: { id } });
    const compute = stage.computePid();
    const open = [
      ...(await openDescriptors('web node', stage.server.pid, baseline.web + SPARE_DESCRIPTORS)),
      ...(compute
        ? await openDescriptors('compute node', compute, baseline.compute + SPARE_DESCRIPTORS)
        : []),
    ];
    await stage.close();
    return [...open, ...(await leftBehind(stage))];
  }

  #say(text: string): void {
    this.#options.onProgress?.(text);
  }
}
