import type { SessionLink } from '@farside/client';
import {
  PromptKind,
  RecordType,
  decodeConsumed,
  readInputId,
  type InputId,
  type JournalRecord,
} from '@farside/protocol';

/** What a record means for one run. */
export type RunStep = 'more' | 'read' | 'done' | 'discarded';

/** Follows one run through the journal: it is over at the first top-level prompt after R read its last line. */
export function runStep(record: JournalRecord, id: InputId, read: boolean): RunStep {
  switch (record.type) {
    case RecordType.consumed:
      return record.aux === 1 && same(decodeConsumed(record.payload), id) ? 'read' : 'more';
    case RecordType.discarded:
      return same(readInputId(record.payload), id) ? 'discarded' : 'more';
    case RecordType.prompt:
      return read && String.fromCharCode(record.flag) === PromptKind.top ? 'done' : 'more';
    default:
      return 'more';
  }
}

/** True when the run was read by R and R is back at its prompt; false when it was discarded or the session ended. */
export function watchRun(link: SessionLink, id: InputId): Promise<boolean> {
  return new Promise((resolve) => {
    let read = false;
    const end = (value: boolean): void => {
      for (const one of subscriptions) one.dispose();
      resolve(value);
    };
    const subscriptions = [
      link.onRecord((record) => {
        const step = runStep(record, id, read);
        if (step === 'read') read = true;
        else if (step !== 'more') end(step === 'done');
      }),
      link.onRefused((refusal) => {
        if (refusal.id !== undefined && same(refusal.id, id)) end(false);
      }),
      link.onStatus(({ state }) => {
        if (state === 'ended' || state === 'closed') end(false);
      }),
    ];
  });
}

const same = (a: InputId, b: InputId): boolean => a.client === b.client && a.counter === b.counter;
