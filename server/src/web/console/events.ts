import { StringDecoder } from 'node:string_decoder';
import {
  decodeConsumed,
  decodeInput,
  Final,
  fromUtf8,
  InputFlag,
  PlotPage,
  PromptKind,
  readInputId,
  readPayload,
  readTombstone,
  RecordType,
  Shown,
  ShowFlag,
  type InputId,
  type JournalRecord,
} from '@farside/protocol';

/** Which of R's two streams a record of output belongs to. */
const STREAMS: Readonly<Record<string, 'stdout' | 'stderr'>> = {
  [RecordType.stdout]: 'stdout',
  [RecordType.stderr]: 'stderr',
  [RecordType.childStdout]: 'stdout',
  [RecordType.childStderr]: 'stderr',
};
const PROMPTS: Readonly<Record<string, string>> = {
  [PromptKind.top]: 'top',
  [PromptKind.continuation]: 'continue',
  [PromptKind.readline]: 'readline',
  [PromptKind.menu]: 'menu',
  [PromptKind.browser]: 'browser',
};
const SHOW_BEGINS = ShowFlag.begin.charCodeAt(0);
const INTERRUPTED = 'i'.charCodeAt(0);
const ID_DIGITS = 16;
/** A character has at most three bytes behind its first. */
const MOST_TRAILING = 3;

export type ConsoleEvent = Readonly<{ seq?: number; type: string } & Record<string, unknown>>;

/** Journal records as JSON events, in order. Text that is cut inside a character goes on in the next event of its kind. */
export class ConsoleEvents {
  readonly #decoders = new Map<string, StringDecoder>();
  /** Kinds of output whose beginning is behind a gap. */
  #torn = new Set<string>();
  /** Whether the journal's last record was seen. */
  sawFinal = false;

  of(record: JournalRecord): ConsoleEvent {
    const { seq, type, payload, flag, aux } = record;
    const stream = STREAMS[type];
    if (stream) return { seq, type: 'output', stream, text: this.#text(type, payload) };
    switch (type) {
      case RecordType.prompt:
        return {
          seq,
          type: 'prompt',
          kind: PROMPTS[String.fromCharCode(flag)] ?? 'other',
          text: fromUtf8(payload),
        };
      case RecordType.accepted:
        return { seq, type: 'input', ...this.#accepted(payload, aux === 1) };
      case RecordType.consumed: {
        const { prompt, text, ...id } = decodeConsumed(payload);
        return { seq, type: 'consumed', ...idOf(id), prompt, text, last: aux === 1 };
      }
      case RecordType.discarded:
        return { seq, type: 'discarded', ...idOf(readInputId(payload)) };
      case RecordType.reset:
        return { seq, type: 'reset', reason: flag === INTERRUPTED ? 'interrupt' : 'error' };
      case RecordType.plot: {
        const { page, revision, removed = false } = readPayload(PlotPage, payload) ?? {};
        return { seq, type: 'plot', page, revision, removed };
      }
      case RecordType.show:
        if (flag !== SHOW_BEGINS) return { seq, type: 'shown' };
        return { ...readPayload(Shown, payload), seq, type: 'show' };
      case RecordType.tombstone:
        this.#decoders.clear();
        this.#torn = new Set(Object.keys(STREAMS));
        return { seq, type: 'gap', ...readTombstone(payload) };
      case RecordType.ending:
        return { seq, type: 'ending', reason: fromUtf8(payload) };
      case RecordType.final:
        this.sawFinal = true;
        return { seq, type: 'ended', final: readPayload(Final, payload) };
      case RecordType.hello:
        return { seq, type: 'hello' };
      default:
        return { seq, type: 'other' };
    }
  }

  /** Reads a record that the client has, for the sake of a character that it cuts. */
  pass(record: JournalRecord): void {
    if (STREAMS[record.type]) this.#text(record.type, record.payload);
    else if (record.type === RecordType.accepted) this.#accepted(record.payload, record.aux === 1);
  }

  #text(type: string, payload: Uint8Array): string {
    const bytes = this.#torn.delete(type) ? afterTornCharacter(payload) : payload;
    return this.#decoder(type).write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  /** An input of several records is cut anywhere too. */
  #accepted(payload: Uint8Array, more: boolean): object {
    const { display, flag, text: _text, ...id } = decodeInput(payload);
    const named = idOf(id);
    const key = `${named.client}/${named.counter}`;
    const fixed = INPUT_FIXED_BYTES + Buffer.byteLength(display);
    const decoder = this.#decoder(key);
    const text = decoder.write(Buffer.from(payload.subarray(fixed)));
    if (!more) this.#decoders.delete(key);
    const isRun = flag === InputFlag.run;
    return { ...named, text, ...(isRun && { display }), ...(more && { more }) };
  }

  #decoder(key: string): StringDecoder {
    let decoder = this.#decoders.get(key);
    if (!decoder) this.#decoders.set(key, (decoder = new StringDecoder('utf8')));
    return decoder;
  }
}

/** Id, flag and length of the display text, see `InputPayload`. */
const INPUT_FIXED_BYTES = 17;

function idOf({ client, counter }: InputId): { client: string; counter: number } {
  return { client: client.toString(16).padStart(ID_DIGITS, '0'), counter };
}

/** What stands behind a gap may begin inside a character: its rest is no text. */
function afterTornCharacter(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (at < MOST_TRAILING && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++;
  return bytes.subarray(at);
}
