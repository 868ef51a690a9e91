import {
  RecordType,
  bytesText,
  decodeConsumed,
  readTombstone,
  type InputId,
  type JournalRecord,
} from '@farside/protocol';

/** What is shown again behind a gap. */
const ENDS: ReadonlySet<string> = new Set([
  RecordType.stdout,
  RecordType.stderr,
  RecordType.childStdout,
  RecordType.childStderr,
  RecordType.ending,
  RecordType.final,
]);

export interface FoldTarget {
  /** Shows the one line that stands for all that was folded. */
  note(text: string): void;
  /** Shows a record that was kept back. */
  show(record: JournalRecord): void;
  isOwn(id: InputId): boolean;
}

/**
 * Output that is not sent, or no longer kept, leaves the commands that printed it: thousands of them after a long
 * absence, without what they said. While a reader is brought up to date they become one line, and what follows begins
 * with the last command, since what is shown next belongs to it.
 */
export class GapFold {
  readonly #target: FoldTarget;
  #skipped = 0;
  #gone = 0;
  #commands = 0;
  #isOpen = false;
  #last: JournalRecord | undefined;

  constructor(target: FoldTarget) {
    this.#target = target;
  }

  /** True when the record is kept back. `catchingUp`: the reader has not all that was there when it attached. */
  take(record: JournalRecord, catchingUp: boolean): boolean {
    if (record.type === RecordType.tombstone && catchingUp && this.#gap(record)) return true;
    if (!this.#isOpen || record.seq === 0) return false;
    if (ENDS.has(record.type) || record.type === RecordType.tombstone || this.#isOwn(record)) {
      this.end();
      return false;
    }
    if (record.type === RecordType.consumed && record.aux === 1) this.#commands++;
    const shows = record.type === RecordType.consumed || record.type === RecordType.prompt;
    if (shows) this.#last = { ...record, payload: record.payload.slice() };
    return true;
  }

  /** Shows what was folded, if anything was. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const last = this.#last;
    const shown = last?.type === RecordType.consumed && last.aux === 1 ? 1 : 0;
    this.#target.note(gapText(this.#skipped, this.#gone, this.#commands - shown));
    [this.#skipped, this.#gone, this.#commands, this.#last] = [0, 0, 0, undefined];
    if (last) this.#target.show(last);
  }

  #gap({ payload }: JournalRecord): boolean {
    const tombstone = readTombstone(payload);
    if (tombstone?.reason !== 'skipped' && tombstone?.reason !== 'retention') return false;
    this.#isOpen = true;
    if (tombstone.reason === 'skipped') this.#skipped += tombstone.bytes;
    else this.#gone += tombstone.bytes;
    return true;
  }

  #isOwn({ type, payload }: JournalRecord): boolean {
    return type === RecordType.consumed && this.#target.isOwn(decodeConsumed(payload));
  }
}

/**
 * "[12.3 MB of output and 431 commands not shown: open the journal to read them]"
 * @param skipped bytes of output that the journal has
 * @param gone bytes of output that it has no longer
 */
export function gapText(skipped: number, gone: number, commands: number): string {
  const lost = gone > 0 ? [`${bytesText(gone)} of older output are no longer kept on the server`] : [];
  const things = [
    ...(skipped > 0 ? [`${bytesText(skipped)} of output`] : []),
    ...(commands > 0 ? [`${commands} ${commands === 1 ? 'command' : 'commands'}`] : []),
  ];
  const it = things.length > 1 || commands > 1 ? 'them' : 'it';
  const more = things.length > 0 ? [`${things.join(' and ')} not shown: open the journal to read ${it}`] : [];
  return `[${[...lost, ...more].join('; ') || 'output is missing here'}]`;
}
