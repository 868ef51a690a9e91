import { decodeRecord } from '@farside/protocol';
import type { RecordSink } from '../journal/follower.ts';
import { RecordSplitter } from '../worker/splitter.ts';
import { nextView, type SessionView } from './state.ts';

/** The supervisor's end of a journal: it keeps the state and nothing else. */
export class ControlSink implements RecordSink {
  #view: SessionView;
  readonly #splitter = new RecordSplitter();
  readonly #changed: (view: SessionView) => void;

  constructor(view: SessionView, changed: (view: SessionView) => void) {
    this.#view = view;
    this.#changed = changed;
  }

  get view(): SessionView {
    return this.#view;
  }

  records(bytes: Buffer): void {
    this.#splitter.push(bytes);
    for (let record = this.#splitter.next(); record; record = this.#splitter.next()) {
      const whole = record.parts.length === 1 ? (record.parts[0] as Buffer) : Buffer.concat(record.parts);
      const before = this.#view;
      this.#view = nextView(before, decodeRecord(whole, 0));
      if (this.#view.state !== before.state) this.#changed(this.#view);
    }
  }

  transient(): void {}

  flush(): undefined {}
}
