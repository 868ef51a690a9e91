import { RecordType, TransientType, readInputId, type InputId, type JournalRecord } from '@farside/protocol';

export interface RunOptions {
  /** File name as errors and srcrefs show it, relative to the working directory. */
  readonly name: string;
  readonly text: string;
  readonly echo: boolean;
  /** commandArgs(TRUE) during the run. */
  readonly args?: readonly string[];
}

export interface PendingInput {
  readonly id: InputId;
  readonly what: { readonly kind: 'input'; readonly text: string } | ({ readonly kind: 'run' } & RunOptions);
  /** Lines that R has read. */
  readonly linesRead: number;
}

/**
 * What has become of an input; the journal decides. `waiting`: not known to have arrived, it is sent again with each
 * attach. `accepted`: in the journal, R will read it. The others are final: `read` by R, `discarded` by an interrupt,
 * `refused` by the server, `notRun`: R ended before it read it.
 */
export type InputFate = 'waiting' | 'accepted' | 'read' | 'discarded' | 'refused' | 'notRun';

interface Entry extends PendingInput {
  fate: InputFate;
  linesRead: number;
}

const ENDED = 'e'.charCodeAt(0);
const LAST_LINE = 1;
/** Decided inputs that can still be asked about. */
const REMEMBERED = 1000;

/**
 * The inputs of this link and their fates. Those that wait are sent again in order after each attach; the worker
 * knows them by their id, so that none runs twice.
 */
export class PendingInputs {
  readonly client: bigint;
  #counter = 0;
  /** By counter, oldest first. */
  readonly #undecided = new Map<number, Entry>();
  readonly #decided = new Map<number, InputFate>();
  #waiting = 0;
  onFate: (input: PendingInput, fate: InputFate) => void = () => undefined;

  constructor() {
    this.client = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 1n;
  }

  /** The client id as it goes over the wire. */
  get clientHex(): string {
    return this.client.toString(16).padStart(16, '0');
  }

  add(what: PendingInput['what']): PendingInput {
    const id: InputId = { client: this.client, counter: ++this.#counter };
    const entry: Entry = { id, what, fate: 'waiting', linesRead: 0 };
    this.#undecided.set(entry.id.counter, entry);
    this.#waiting++;
    return entry;
  }

  isOwn(id: InputId): boolean {
    return id.client === this.client;
  }

  /** Undefined for inputs of others and for those decided long ago. */
  fateOf(id: InputId): InputFate | undefined {
    if (!this.isOwn(id)) return undefined;
    return this.#undecided.get(id.counter)?.fate ?? this.#decided.get(id.counter);
  }

  /** Those that wait, to be sent in this order. */
  inOrder(): readonly PendingInput[] {
    return [...this.#undecided.values()].filter(({ fate }) => fate === 'waiting');
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting;
  }

  /** How many R has not read to their end. */
  get unread(): number {
    return this.#undecided.size;
  }

  /** Learns from a record of the stream. Says whether one that waited was refused. */
  learn(record: JournalRecord): boolean {
    switch (record.type) {
      case RecordType.accepted:
      case TransientType.ack:
        this.#settle(readInputId(record.payload), 'accepted');
        return false;
      case RecordType.consumed:
        this.#lineRead(readInputId(record.payload), record.aux === LAST_LINE);
        return false;
      case RecordType.discarded:
        this.#settle(readInputId(record.payload), record.flag === ENDED ? 'notRun' : 'discarded');
        return false;
      case TransientType.refused:
        return this.#settle(readInputId(record.payload), 'refused');
      default:
        return false;
    }
  }

  refuse(id: InputId): void {
    this.#settle(id, 'refused');
  }

  /** R is gone: what it has not read was not run. */
  sessionEnded(): void {
    for (const { id } of [...this.#undecided.values()]) this.#settle(id, 'notRun');
  }

  #lineRead(id: InputId, isLast: boolean): void {
    const entry = this.isOwn(id) ? this.#undecided.get(id.counter) : undefined;
    if (entry) entry.linesRead++;
    this.#settle(id, isLast ? 'read' : 'accepted');
  }

  #settle(id: InputId, fate: InputFate): boolean {
    const entry = this.isOwn(id) ? this.#undecided.get(id.counter) : undefined;
    if (!entry || entry.fate === fate) return false;
    const waited = entry.fate === 'waiting';
    // A refused resend of an input that the journal has says nothing new.
    if (fate === 'refused' && !waited) return false;
    if (waited) this.#waiting--;
    entry.fate = fate;
    if (fate !== 'accepted') this.#decide(entry);
    this.onFate(entry, fate);
    return waited;
  }

  #decide({ id, fate }: Entry): void {
    this.#undecided.delete(id.counter);
    this.#decided.set(id.counter, fate);
    const [oldest] = this.#decided.keys();
    if (this.#decided.size > REMEMBERED && oldest !== undefined) this.#decided.delete(oldest);
  }
}
