import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processGone } from '../../server/test/support/server.ts';
import type { Follower } from './follower.ts';
import type { Fault, FaultKind } from './plan.ts';
import { spareWorkers } from './processes.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './subject.ts';
import type { Watcher } from './watcher.ts';

/** A cut waits for its bytes to pass, but not for ever. */
const CUT_WAITS_MS = 20_000;
const FLOOD_BLOCKS = 150;
/** Clients beside the regular ones; a session takes 24. */
const MAX_EXTRA = 6;

export interface Scene {
  readonly stage: Stage;
  readonly subjects: Subject[];
  readonly followers: readonly Follower[];
  readonly random: Random;
  /** R was killed: another session takes the place. */
  replace(subject: Subject): Promise<void>;
}

type Handler = (fault: Fault, subject: Subject, watcher: Watcher) => Promise<boolean> | boolean;

/** Carries out faults. Those that take their time go on in the background. */
export class Injector {
  readonly counts: Partial<Record<FaultKind, number>> = {};
  readonly #scene: Scene;
  readonly #background = new Set<Promise<unknown>>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  async inject(fault: Fault): Promise<void> {
    const { subjects } = this.#scene;
    const subject = subjects[fault.session % subjects.length];
    const watcher = subject?.present[fault.client % subject.present.length];
    if (!subject || !watcher) return;
    if (await this.#handlers[fault.kind](fault, subject, watcher)) this.#count(fault.kind);
  }

  /** Resolves when nothing is under way any more. */
  async settle(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  #count(kind: FaultKind): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
  }

  #later(work: Promise<unknown>): true {
    const done = work.finally(() => this.#background.delete(done));
    this.#background.add(done);
    return true;
  }

  readonly #handlers: Readonly<Record<FaultKind, Handler>> = {
    killWeb: () => this.#restart('SIGKILL'),
    restartWeb: () => this.#restart('SIGTERM'),
    killCompute: () => this.#endCompute('SIGKILL'),
    restartCompute: () => this.#endCompute('SIGTERM'),
    killBoth: async () => {
      await this.#endCompute('SIGKILL');
      return this.#restart('SIGKILL');
    },
    stopWeb: ({ ms }) => this.#freeze(this.#scene.stage.server.pid, ms),
    stopCompute: ({ ms }) => this.#freeze(this.#scene.stage.computePid(), ms),
    stopClient: ({ client, ms }) => {
      const { followers } = this.#scene;
      return this.#later(this.#freeze(followers[client % followers.length]?.pid, ms));
    },
    cut: (_fault, _subject, { proxy }) => {
      const some = proxy.connections > 0;
      proxy.cut();
      return some;
    },
    cutUp: ({ bytes }, subject, watcher) => {
      const cut = watcher.proxy.cutAfter('up', 1 + (bytes % 400));
      for (let n = 0; n < 4; n++) subject.send('', watcher);
      return this.#cut('cutUp', cut);
    },
    cutDown: ({ bytes }, _subject, { proxy }) => this.#cut('cutDown', proxy.cutAfter('down', bytes)),
    stall: ({ ms }, _subject, { proxy }) => {
      proxy.stall();
      return this.#later(delay(ms).then(() => proxy.resume()));
    },
    loseAcks: ({ ms }, subject, watcher) => {
      watcher.proxy.swallow('down');
      for (let n = 0; n < 3; n++) subject.send('say("lost acknowledgement")', watcher);
      const end = (): void => {
        watcher.proxy.swallow(undefined);
        watcher.proxy.cut();
      };
      return this.#later(delay(Math.min(ms, 1000)).then(end));
    },
    slowReader: ({ ms }, subject, watcher) => {
      watcher.hold(delay(2 * ms));
      subject.send(`flood(${FLOOD_BLOCKS})`);
      return true;
    },
    flood: (_fault, subject) => subject.send(`flood(${FLOOD_BLOCKS})`) !== undefined,
    replaceClient: async (_fault, subject, watcher) => {
      if (watcher === subject.primary) return false;
      for (let n = 0; n < 3; n++) subject.send('say("last of a client")', watcher);
      await subject.dismiss(watcher);
      await subject.watch();
      return true;
    },
    attachFromStart: ({ ms }, subject) => this.#guest(subject, { cursor: 0, offset: 0 }, ms),
    attachFromMiddle: ({ ms }, subject) => this.#guest(subject, subject.somewhere(this.#scene.random), ms),
    interrupt: (_fault, _subject, { link }) => this.#interrupt(link, 1),
    interruptHard: (_fault, _subject, { link }) => this.#interrupt(link, 2),
    killR: async (_fault, subject) => {
      if (this.#scene.subjects.indexOf(subject) < 1 || !isAlive(subject.pid)) return false;
      subject.killed = true;
      process.kill(subject.pid, 'SIGKILL');
      await this.#scene.replace(subject);
      return true;
    },
    killSpare: async () => {
      const pid = spareWorkers(this.#scene.stage.mark)[0];
      if (pid === undefined) return false;
      process.kill(pid, 'SIGKILL');
      await processGone(pid);
      return true;
    },
  };

  async #restart(signal: NodeJS.Signals): Promise<true> {
    await this.#scene.stage.restartWeb(signal);
    return true;
  }

  async #endCompute(signal: NodeJS.Signals): Promise<boolean> {
    if (this.#scene.stage.computePid() === undefined) return false;
    await this.#scene.stage.endCompute(signal);
    return true;
  }

  async #freeze(pid: number | undefined, ms: number): Promise<boolean> {
    if (pid === undefined || !isAlive(pid)) return false;
    process.kill(pid, 'SIGSTOP');
    await delay(ms);
    if (isAlive(pid)) process.kill(pid, 'SIGCONT');
    return true;
  }

  /** Counts when the bytes have passed. */
  #cut(kind: FaultKind, cut: Promise<void>): false {
    const limit = new AbortController();
    void this.#later(
      Promise.race([
        cut.then(() => this.#count(kind)),
        delay(CUT_WAITS_MS, undefined, { signal: limit.signal }).catch(() => undefined),
      ]).finally(() => limit.abort()),
    );
    return false;
  }

  /** A client that comes, catches up, stays a while and goes. */
  #guest(subject: Subject, from: Parameters<Subject['watch']>[0], ms: number): boolean {
    if (!from || subject.present.length > MAX_EXTRA) return false;
    const visit = async (): Promise<void> => {
      const target = subject.primary.cursor;
      const guest = await subject.watch(from);
      await guest.until(() => guest.cursor >= target || guest.isOver);
      await delay(ms);
      await subject.dismiss(guest);
    };
    return this.#later(visit());
  }

  #interrupt(link: Watcher['link'], level: 1 | 2): boolean {
    if (link.status.state !== 'live') return false;
    link.interrupt(level);
    return true;
  }
}
