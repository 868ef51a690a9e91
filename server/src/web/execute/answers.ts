import { inputFrame, InputFlag, PromptKind, RecordType, type JournalRecord } from '@farside/protocol';

/** What R reads where nobody can be asked: nothing, none of the choices, and `browser()` goes on. */
const ANSWERS: Readonly<Record<string, string>> = {
  [PromptKind.readline]: '\n',
  [PromptKind.menu]: '0\n',
  [PromptKind.browser]: 'c\n',
};

/** Answers the questions of code that runs for a request, so that none waits for ever. */
export class Answers {
  readonly #client: bigint;
  #counter = 1;
  #last: Uint8Array | undefined;

  /** `client`: of the code's own input, whose counter is 1. */
  constructor(client: bigint) {
    this.#client = client;
  }

  /** The last one, to be sent again on another stream: the worker takes it once. */
  get given(): readonly Uint8Array[] {
    return this.#last ? [this.#last] : [];
  }

  /** The frame that answers a prompt. */
  to(record: JournalRecord): Uint8Array | undefined {
    if (record.type !== RecordType.prompt) return undefined;
    const text = ANSWERS[String.fromCharCode(record.flag)];
    if (text === undefined) return undefined;
    const counter = ++this.#counter;
    this.#last = inputFrame({ client: this.#client, counter, flag: InputFlag.line, display: '', text });
    return this.#last;
  }
}
