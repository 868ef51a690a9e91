import {
  PromptKind,
  RecordType,
  decodeConsumed,
  readInputId,
  type InputId,
  type JournalRecord,
} from '@farside/protocol';

/** What the journal says about one input. */
export interface Fate {
  /** How often it was recorded before R read it. */
  accepted: number;
  /** How often its last line was read by R. */
  read: number;
  discarded: number;
  /** An interrupt came before R was back at its prompt, so it may not have run. */
  interrupted: boolean;
}

export const keyOf = ({ client, counter }: InputId): string => `${client.toString(16)}:${counter}`;
const INTERRUPT = 'i'.charCodeAt(0);
const NOTHING: Fate = { accepted: 0, read: 0, discarded: 0, interrupted: false };

/** Follows a journal and keeps book about inputs and about what R waits for. */
export class Ledger {
  readonly #fates = new Map<string, Fate>();
  /** Read since R was last at its own prompt. */
  #sincePrompt: Fate[] = [];
  /** What R waits for; empty while it works. */
  prompt: PromptKind | '' = '';
  /** Records that stand for records that are gone. */
  tombstones = 0;

  fate(id: InputId): Readonly<Fate> {
    return this.#fates.get(keyOf(id)) ?? NOTHING;
  }

  isSettled(id: InputId): boolean {
    const { read, discarded } = this.fate(id);
    return read + discarded > 0;
  }

  take(record: JournalRecord): void {
    switch (record.type) {
      case RecordType.accepted:
        if (record.aux === 0) this.#of(readInputId(record.payload)).accepted++;
        break;
      case RecordType.consumed: {
        const fate = this.#of(decodeConsumed(record.payload));
        this.prompt = '';
        this.#sincePrompt.push(fate);
        if (record.aux === 1) fate.read++;
        break;
      }
      case RecordType.discarded:
        this.#of(readInputId(record.payload)).discarded++;
        break;
      case RecordType.reset:
        if (record.flag === INTERRUPT) for (const fate of this.#sincePrompt) fate.interrupted = true;
        break;
      case RecordType.prompt:
        this.prompt = String.fromCharCode(record.flag) as PromptKind;
        if (this.prompt === PromptKind.top) this.#sincePrompt = [];
        break;
      case RecordType.tombstone:
        this.tombstones++;
        break;
    }
  }

  #of(id: InputId): Fate {
    const key = keyOf(id);
    const known = this.#fates.get(key) ?? { ...NOTHING };
    this.#fates.set(key, known);
    return known;
  }
}
