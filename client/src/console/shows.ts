import { RecordType, Shown, ShowFlag, readPayload, type JournalRecord } from '@farside/protocol';
import { dim } from './notes.ts';

/** What the session wants to show, and whether this console's user asked for it just now. */
export interface ShowRequest {
  readonly shown: Shown;
  /** Caused by an input of this console, and happening now: a replay or another client's wish opens nothing. */
  readonly wanted: boolean;
}

/** Shows something better than the text; gives what stands in the text's place, or undefined to have the text. */
export type ShowHandler = (request: ShowRequest) => string | undefined;

/** One input can open so many things: a loop of browseURL() must not. */
export const MAX_SHOWN_PER_INPUT = 3;
const BEGIN = ShowFlag.begin.charCodeAt(0);
/** R's own output is the text form; what its children write meanwhile is not. */
const TEXT = new Set<string>([RecordType.stdout, RecordType.stderr]);
const ENDS = new Set<string>([RecordType.prompt, RecordType.reset, RecordType.consumed, RecordType.final]);

/** Leaves out the text of what is shown in a better form elsewhere. */
export class Shows {
  readonly #handler: ShowHandler | undefined;
  readonly #note: (text: string) => void;
  #hiding = false;
  #own = false;
  #opened = 0;

  constructor(handler: ShowHandler | undefined, note: (text: string) => void) {
    this.#handler = handler;
    this.#note = note;
  }

  /** A line was read; own when this console sent it. */
  read(own: boolean): void {
    this.#own = own;
    this.#opened = 0;
  }

  /** True when the record is not for the screen. */
  take(record: JournalRecord, live: boolean): boolean {
    if (record.type === RecordType.show) {
      this.#hiding = record.flag === BEGIN && this.#begin(record, live);
      return true;
    }
    if (ENDS.has(record.type)) this.#hiding = false;
    return this.#hiding && TEXT.has(record.type);
  }

  #begin({ payload }: JournalRecord, live: boolean): boolean {
    const shown = readPayload(Shown, payload);
    if (this.#handler === undefined || shown === undefined) return false;
    const wanted = live && this.#own && this.#opened < MAX_SHOWN_PER_INPUT;
    const note = this.#handler({ shown, wanted });
    if (note === undefined) return false;
    if (wanted) this.#opened++;
    this.#note(dim(note));
    return true;
  }
}
