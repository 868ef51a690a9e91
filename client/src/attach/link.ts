import {
  CREDIT_STEP_BYTES,
  FarsideError,
  Final,
  INPUT_ID_BYTES,
  RecordType,
  TransientType,
  fromUtf8,
  readInputId,
  readPayload,
  type Completion,
  type InputId,
  type JournalRecord,
} from '@farside/protocol';
import type { FarsideClient } from '../connection/index.ts';
import { Listeners, type Disposable } from '../disposable.ts';
import { Attachment } from './attachment.ts';
import { LastSeen } from './away.ts';
import { attemptMs, backoffMs } from './backoff.ts';
import { PendingInputs, type InputFate, type PendingInput, type RunOptions } from './inputs.ts';
import { recordsIn } from './records.ts';
import { isOver, type LinkStatus } from './status.ts';

export interface LinkOptions {
  readonly client: FarsideClient;
  readonly session: string;
  /** Last sequence number already shown; 0 for the whole journal. */
  readonly cursor?: number;
  readonly readOnly?: boolean;
  /** When more output than this lies behind the cursor, only about so many bytes of it come; see AttachRequest. */
  readonly tail?: number;
  /** When an earlier window saw the session last, ms since 1970: the gap is told by {@link SessionLink.onAway}. */
  readonly lastSeen?: number;
  /** The wall clock, ms since 1970; for tests of sleep. */
  readonly now?: () => number;
}

/** R takes no other widths. */
const [MIN_COLUMNS, MAX_COLUMNS] = [10, 10_000];

/** Errors after which signing in again helps. */
const SIGN_IN_OVER: ReadonlySet<string> = new Set([
  'notSignedIn',
  'tokenReused',
  'tokenRefused',
  'directoryRefused',
]);

/** A refused input; without id when the server could not tell which. */
export interface Refusal {
  readonly id?: InputId;
  readonly error: FarsideError;
}

type RecordListener = (record: JournalRecord) => void | Promise<void>;

/**
 * A client's end of one session. First connect, reconnect and reattach are the same call: "session, last sequence
 * number I have". Records arrive in order, each once; inputs that are not known to be accepted are sent again.
 */
export class SessionLink {
  readonly session: string;
  readonly #client: FarsideClient;
  readonly readOnly: boolean;
  readonly #tail: number | undefined;
  readonly #now: () => number;
  readonly #seen: LastSeen;
  readonly #host: string;
  readonly #inputs = new PendingInputs();
  readonly #records = new Listeners<[JournalRecord], void | Promise<void>>();
  readonly #statuses = new Listeners<[LinkStatus]>();
  readonly #refusals = new Listeners<[Refusal]>();
  readonly #fates = new Listeners<[PendingInput, InputFate]>();
  #subscriptions: Disposable[] = [];
  #cursor: number;
  #status: LinkStatus = { state: 'closed' };
  #attachment: Attachment | undefined;
  #attempt = 0;
  #retry: NodeJS.Timeout | undefined;
  /** Attempts to attach; what an earlier one still brings is not ours any more. */
  #turn = 0;
  /** Since when there is no stream, ms since 1970. */
  #waitingSince = 0;
  #columns: number | undefined;
  #sentColumns: number | undefined;
  #gapAt = -1;
  /** End of input was asked for; asked again after an attach. */
  #ended = false;
  /** Bytes consumed and not yet given back as credit. */
  #owed = 0;

  constructor(options: LinkOptions) {
    this.#client = options.client;
    this.session = options.session;
    this.#cursor = options.cursor ?? 0;
    this.readOnly = options.readOnly ?? false;
    this.#tail = options.tail;
    this.#now = options.now ?? Date.now;
    this.#seen = new LastSeen(this.#now, () => this.#status.state === 'live', options.lastSeen);
    this.#host = new URL(options.client.url).host;
    this.#inputs.onFate = (input, fate) => void this.#fates.fire(input, fate);
  }

  get status(): LinkStatus {
    return this.#status;
  }
  /** Last sequence number handed to the listeners. */
  get cursor(): number {
    return this.#cursor;
  }
  /** Whether an input of this id was made by this link. */
  isOwn(id: InputId): boolean {
    return this.#inputs.isOwn(id);
  }
  /** Inputs that are not yet known to be in the journal. */
  get unaccepted(): number {
    return this.#inputs.size;
  }
  /** Inputs of this link that R has not read to their end. */
  get unread(): number {
    return this.#inputs.unread;
  }
  /** What has become of an input of this link; undefined for others and for those decided long ago. */
  fateOf(id: InputId): InputFate | undefined {
    return this.#inputs.fateOf(id);
  }
  /** When the session was last in sight, ms since 1970: give it to the link of a later window. */
  get lastSeen(): number | undefined {
    return this.#seen.at;
  }

  /** When an earlier window showed the session last, ms since 1970; before {@link open}. */
  wasSeen(at: number): void {
    this.#seen.seen(at);
  }

  /** Attaches, and goes on attaching until the session ends or the link is closed. */
  open(): void {
    if (this.#status.state !== 'closed') return;
    this.#waitingSince = this.#now();
    this.#subscriptions.push(
      this.#client.onWake(() => this.wake()),
      this.#client.onSignedIn(() => {
        if (this.#status.state === 'signedOut') this.retryNow();
      }),
    );
    this.#seen.start();
    void this.#attach();
  }

  /** Tries at once instead of waiting, e.g. when the network is back or after signing in. */
  retryNow(): void {
    if (this.#status.state !== 'offline' && this.#status.state !== 'signedOut') return;
    clearTimeout(this.#retry);
    this.#attempt = 1;
    void this.#attach();
  }

  /** The machine woke up or the network is back: makes sure that the connection lives, or makes a new one at once. */
  wake(): void {
    const { state } = this.#status;
    if (state === 'offline') this.retryNow();
    else if (!isOver(this.#status)) void this.#client.probe();
  }

  close(): void {
    if (isOver(this.#status)) return;
    this.#end({ state: 'closed' });
  }

  /**
   * Journaled records in order, each once, and transient ones. A promise holds back the server: it sends at most
   * the credit of protocol/events.ts ahead. The payload is a view; copy what is kept.
   */
  onRecord(listener: RecordListener): Disposable {
    return this.#records.add(listener);
  }
  onStatus(listener: (status: LinkStatus) => void): Disposable {
    return this.#statuses.add(listener);
  }
  onRefused(listener: (refusal: Refusal) => void): Disposable {
    return this.#refusals.add(listener);
  }
  /** Each time more is known about an input of this link. */
  onFate(listener: (input: PendingInput, fate: InputFate) => void): Disposable {
    return this.#fates.add(listener);
  }
  /** After a gap of more than a minute, before the first record that was missed: its length in ms. */
  onAway(listener: (ms: number) => void): Disposable {
    return this.#seen.onAway(listener);
  }

  /** Sends lines; a last line without newline is sent as one. */
  input(text: string): InputId {
    return this.#submit({ kind: 'input', text: text.endsWith('\n') ? text : `${text}\n` });
  }
  /** Sends text as it is, also where it ends inside a line. */
  inputRaw(text: string): InputId {
    return this.#submit({ kind: 'input', text });
  }
  /** Runs a whole file. */
  run(options: RunOptions): InputId {
    return this.#submit({ kind: 'run', ...options });
  }
  /** False when there is no connection to send it on. */
  interrupt(level: 1 | 2 = 1): boolean {
    this.#attachment?.interrupt(level);
    return this.#attachment !== undefined;
  }
  /** End of input: R ends when it has read all before it. */
  eof(): void {
    this.#ended = true;
    this.#attachment?.eof();
  }
  /** R's width; sent again after an attach when it is not what the session was told last. */
  resize(columns: number): void {
    this.#columns = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, columns));
    this.#sendColumns();
  }
  /** Completions of the session at a place in a line. */
  complete(line: string, cursor: number): Promise<Completion> {
    if (!this.#attachment) return Promise.reject(new FarsideError('unreachable', this.#where()));
    return this.#attachment.complete(line, cursor);
  }

  #submit(what: PendingInput['what']): InputId {
    const pending = this.#inputs.add(what);
    this.#send(pending);
    return pending.id;
  }

  #send(pending: PendingInput): void {
    this.#attachment?.send(this.#inputs.clientHex, pending, (error) =>
      this.#refuse({ id: pending.id, error }),
    );
  }

  #sendColumns(): void {
    if (!this.#attachment || this.#columns === undefined || this.#columns === this.#sentColumns) return;
    if (this.readOnly) return;
    this.#sentColumns = this.#columns;
    this.#attachment.resize(this.#columns);
  }

  async #attach(): Promise<void> {
    const turn = ++this.#turn;
    this.#set({ state: 'connecting', host: this.#host, since: this.#waitingSince });
    try {
      const attachment = await Attachment.open(this.#client, {
        request: { session: this.session, cursor: this.#cursor, readOnly: this.readOnly, tail: this.#tail },
        connectMs: attemptMs(this.#attempt),
        onRecords: (bytes) => this.#consume(bytes),
        onClosed: (reason) => this.#lost(reason),
        onError: (error) => this.#refuse({ error }),
      });
      if (isOver(this.#status) || turn !== this.#turn) return attachment.close();
      this.#attached(attachment);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#lost(
        error instanceof FarsideError
          ? error
          : new FarsideError('unreachable', this.#where(), { cause: error }),
      );
    }
  }

  #attached(attachment: Attachment): void {
    this.#attachment = attachment;
    this.#owed = 0;
    this.#sentColumns = undefined;
    this.#set({ state: 'replaying', head: attachment.head });
    this.#seen.tellGap(attachment.head > this.#cursor);
    this.#sendColumns();
    for (const pending of this.#inputs.inOrder()) this.#send(pending);
    if (this.#ended) attachment.eof();
    attachment.start();
  }

  #consume(bytes: Uint8Array): void {
    const waits: Promise<void>[] = [];
    const attachment = this.#attachment;
    if (this.#status.state === 'live') this.#seen.tellGap(true);
    for (const record of recordsIn(bytes)) {
      const take = this.#take(record);
      if (take === 'attach again') return;
      if (take === 'had it') continue;
      for (const wait of this.#records.fire(record)) if (wait) waits.push(wait);
      this.#after(record);
    }
    const give = (): void => {
      if (attachment === this.#attachment) this.#giveBack(bytes.length);
    };
    if (waits.length > 0) void Promise.allSettled(waits).then(give);
    else give();
  }

  /** Moves the cursor. `attach again`: the stream is not the continuation of what is here, or nobody wants it. */
  #take(record: JournalRecord): 'new' | 'had it' | 'attach again' {
    if (isOver(this.#status)) return 'attach again';
    if (record.seq === 0) return 'new';
    if (record.seq <= this.#cursor) return 'had it';
    const gap = record.seq !== this.#cursor + 1 && record.type !== RecordType.tombstone;
    if (gap && this.#gapAt !== this.#cursor) {
      // Once from the cursor: a second time the range is really gone.
      this.#gapAt = this.#cursor;
      this.#drop();
      void this.#attach();
      return 'attach again';
    }
    this.#cursor = record.seq;
    return 'new';
  }

  #after(record: JournalRecord): void {
    if (this.#inputs.learn(record)) {
      const reason = fromUtf8(record.payload.subarray(INPUT_ID_BYTES));
      if (record.type === TransientType.refused)
        this.#refusals.fire({
          id: readInputId(record.payload),
          error: new FarsideError('badInput', { reason }),
        });
    }
    switch (record.type) {
      case TransientType.live:
        this.#live();
        break;
      case RecordType.final: {
        this.#inputs.sessionEnded();
        this.#end({ state: 'ended', final: finalOf(record) });
        break;
      }
    }
    if (this.#status.state === 'replaying' && this.#cursor >= this.#status.head) this.#live();
  }

  #live(): void {
    this.#attempt = 0;
    this.#gapAt = -1;
    this.#seen.seen();
    if (this.#status.state === 'replaying') this.#set({ state: 'live' });
  }

  #giveBack(bytes: number): void {
    this.#owed += bytes;
    if (this.#owed < CREDIT_STEP_BYTES) return;
    this.#attachment?.credit(this.#owed);
    this.#owed = 0;
  }

  #refuse(refusal: Refusal): void {
    if (refusal.id) this.#inputs.refuse(refusal.id);
    this.#refusals.fire(refusal);
  }

  #lost(reason: FarsideError): void {
    if (isOver(this.#status)) return;
    if (this.#attachment) this.#waitingSince = this.#now();
    this.#drop();
    if (SIGN_IN_OVER.has(reason.code)) return this.#set({ state: 'signedOut', reason });
    if (!reason.retryable) return this.#end({ state: 'closed', reason });
    const wait = backoffMs(++this.#attempt);
    this.#retry = setTimeout(() => void this.#attach(), wait);
    this.#set({
      state: 'offline',
      host: this.#host,
      reason,
      retryAt: this.#now() + wait,
      attempt: this.#attempt,
      since: this.#waitingSince,
    });
  }

  #drop(): void {
    this.#attachment?.close();
    this.#attachment = undefined;
  }

  #end(status: LinkStatus): void {
    clearTimeout(this.#retry);
    this.#seen.stop();
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    this.#drop();
    this.#set(status);
  }

  #set(status: LinkStatus): void {
    this.#status = status;
    this.#statuses.fire(status);
  }

  #where(): { url: string; reason: string } {
    return { url: this.#client.url, reason: 'there is no connection' };
  }
}

const finalOf = ({ payload }: JournalRecord): Final =>
  readPayload(Final, payload) ?? { cause: 'killed', message: 'The session has ended.' };
