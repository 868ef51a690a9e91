import { join } from 'node:path';
import { PromptKind } from '@farside/protocol';
import { account, readsIn, type InputAccount, type Sent } from './account.ts';
import type { Difference } from './comparer.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';
import { Watcher, type Place, type WatcherOptions } from './watcher.ts';
import { nextStep } from './workloads.ts';

/** A session that does not come back to its prompt within this is stuck. */
const STUCK_MS = 120_000;
/** Places kept for clients that begin in the middle. */
const PLACES = 200;
/** R killed between its two writes: one piece of text, or what a pipe holds. */
const KILLED_SLACK = 256 * 1024;

export interface SubjectResult {
  readonly name: string;
  readonly differences: readonly Difference[];
  readonly inputs: InputAccount;
  readonly problems: readonly string[];
}

let numbers = 0;

/** A session under test: its clients, what is sent to it, and what is known of it. */
export class Subject {
  readonly name: string;
  readonly id: string;
  readonly pid: number;
  readonly stage: Stage;
  readonly random: Random;
  /** The first one sees all from the beginning and is never replaced. */
  readonly watchers: Watcher[] = [];
  readonly problems: string[] = [];
  killed = false;
  readonly #sent: Sent[] = [];
  #open: Sent[] = [];
  readonly #gone = new Set<Watcher>();
  readonly #places: Place[] = [];
  #made = 0;

  private constructor(stage: Stage, name: string, random: Random, info: { id: string; pid: number }) {
    this.stage = stage;
    this.name = name;
    this.random = random;
    this.id = info.id;
    this.pid = info.pid;
  }

  static async open(stage: Stage, name: string, random: Random, clients: number): Promise<Subject> {
    const info = await stage.persist((client) => client.call('startSession', { body: { name } }));
    const subject = new Subject(stage, name, random, { id: info.id, pid: info.hello?.pid ?? 0 });
    for (let n = 0; n < clients; n++) await subject.watch();
    return subject;
  }

  get primary(): Watcher {
    const first = this.watchers[0];
    if (!first) throw new Error('nobody watches');
    return first;
  }
  get truth(): string {
    return join(this.stage.truthDir, `${this.id}.out`);
  }
  get isOver(): boolean {
    return this.primary.isOver;
  }

  /** One more client, from the beginning or from a place. */
  async watch(from?: Place, plant?: WatcherOptions['plant']): Promise<Watcher> {
    const { stage, id, truth } = this;
    const name = `${this.name}, client ${++this.#made}`;
    const { port, tokens } = stage;
    const watcher = await Watcher.open({ name, port, tokens, session: id, truth, from, plant });
    this.watchers.push(watcher);
    return watcher;
  }

  /** Somewhere in what the first client has seen so far. */
  somewhere(random: Random): Place | undefined {
    return this.#places.length > 0 ? random.pick(this.#places) : undefined;
  }

  /** A client goes for good, with what it has not sent. */
  async dismiss(watcher: Watcher): Promise<void> {
    this.#gone.add(watcher);
    await watcher.close();
  }

  get present(): readonly Watcher[] {
    return this.watchers.filter((watcher) => !this.#gone.has(watcher));
  }

  /** Sends an input by one of the clients; `work` is R code. */
  send(work = '', watcher = this.random.pick(this.present), as: 'line' | 'run' = 'line'): Sent {
    const number = ++numbers;
    const code = work === '' ? `i(${number})` : `i(${number}, ${work.replaceAll('ID', String(number))})`;
    const id =
      as === 'line'
        ? watcher.link.input(code)
        : watcher.link.run({ name: 'chaos.R', text: `${code}\n`, echo: false });
    const sent: Sent = {
      number,
      id,
      abandoned: () => this.#gone.has(watcher),
      acknowledged: () => watcher.isAcknowledged(id),
      refused: () => watcher.isRefused(id),
    };
    this.#sent.push(sent);
    this.#open.push(sent);
    return sent;
  }

  /** Works until the signal, each piece of work after the one before it is done. */
  async drive(stop: AbortSignal): Promise<void> {
    try {
      while (!stop.aborted && !this.isOver) {
        nextStep(this);
        await this.settle();
        this.#remember();
      }
    } catch (error) {
      this.problems.push(`${this.name}: ${String(error)}`);
    }
  }

  /** Settles when all that was sent has its fate and R is at its prompt; answers its questions. */
  async settle(): Promise<void> {
    const { primary } = this;
    for (;;) {
      const guard = AbortSignal.timeout(STUCK_MS);
      await primary
        .until(() => primary.isOver || (this.#isSettled() && primary.ledger.prompt !== ''), guard)
        .catch(() => {
          throw new Error(this.#stuck());
        });
      if (primary.isOver || primary.ledger.prompt === PromptKind.top) return;
      this.send();
    }
  }

  /** Waits for everybody, compares everything with a client that begins anew, and closes. */
  async finish(): Promise<SubjectResult> {
    if (this.problems.length === 0) await this.settle().catch((e: unknown) => this.problems.push(String(e)));
    const fresh = await this.watch();
    const head = await this.#head();
    for (const watcher of this.present) {
      const guard = AbortSignal.timeout(STUCK_MS);
      await watcher
        .until(() => watcher.cursor >= head, guard)
        .catch(() => this.problems.push(`${watcher.name}: at ${watcher.cursor} of ${head}`));
      if (!this.killed && watcher.link.unaccepted > 0 && !watcher.isOver)
        this.problems.push(`${watcher.name}: ${watcher.link.unaccepted} inputs wait for ever`);
    }
    const slack = this.killed ? KILLED_SLACK : 0;
    const differences = this.watchers.map((w) => w.finish({ slack, partial: this.#gone.has(w) }));
    if (fresh.sum !== this.primary.sum)
      this.problems.push(`${this.name}: the records differ on a second look`);
    if (fresh.ledger.tombstones > 0)
      this.problems.push(`${this.name}: ${fresh.ledger.tombstones} tombstones`);
    const reads = readsIn(join(this.stage.truthDir, `${this.id}.in`));
    const inputs = account(this.#sent, fresh.ledger, reads, this.killed);
    const problems = [...this.problems, ...this.watchers.flatMap((w) => w.problems)];
    for (const watcher of this.present) await this.dismiss(watcher);
    return { name: this.name, differences, inputs, problems };
  }

  async #head(): Promise<number> {
    const params = { id: this.id };
    const read = () => this.stage.persist((client) => client.call('session', { params }));
    let info = await read();
    // The final record of a killed R is written by the supervisor.
    while (this.killed && info.state.state !== 'ended') info = await read();
    return info.head;
  }

  #isSettled(): boolean {
    const { ledger } = this.primary;
    this.#open = this.#open.filter((sent) => {
      const arrives = !sent.refused() && (!sent.abandoned() || ledger.fate(sent.id).accepted > 0);
      return arrives && !ledger.isSettled(sent.id);
    });
    return this.#open.length === 0;
  }

  #remember(): void {
    if (this.#places.length < PLACES) this.#places.push(this.primary.place);
    else this.#places[this.random.int(0, PLACES - 1)] = this.primary.place;
  }

  #stuck(): string {
    const { primary } = this;
    const open = this.#open
      .slice(0, 5)
      .map(({ number, id }) => `${number} ${JSON.stringify(primary.ledger.fate(id))}`);
    const links = this.present.map(({ link }) => `${link.status.state}/${link.unaccepted}`).join(' ');
    return `stuck at prompt "${primary.ledger.prompt}", record ${primary.cursor}; open: ${open.join(', ')}; links: ${links}`;
  }
}
