import {
  decodeConsumed,
  Final,
  fromUtf8,
  PromptKind,
  readInputId,
  RecordType,
  TransientType,
  type InputId,
  type JournalRecord,
} from '@farside/protocol';

/** Where an execution stands. `read`: R has taken the code. */
export type Progress =
  | { state: 'sent' }
  | { state: 'read'; failed: false | 'error' | 'interrupt' }
  | { state: 'done'; failed: false | 'error' | 'interrupt' | 'discarded' }
  | { state: 'refused'; reason: string }
  | { state: 'ended'; cause: string };

const INTERRUPTED = 'i'.charCodeAt(0);
const TOP = PromptKind.top.charCodeAt(0);
const REASON_OFFSET = 12;

/** Follows one input through the journal: from R reading it to the next prompt at top level. */
export function follow(progress: Progress, record: JournalRecord, id: InputId): Progress {
  switch (record.type) {
    case RecordType.consumed:
      return progress.state === 'sent' && same(decodeConsumed(record.payload), id)
        ? { state: 'read', failed: false }
        : progress;
    case RecordType.discarded:
      return same(readInputId(record.payload), id) ? { state: 'done', failed: 'discarded' } : progress;
    case TransientType.refused:
      return same(readInputId(record.payload), id)
        ? { state: 'refused', reason: fromUtf8(record.payload.subarray(REASON_OFFSET)) }
        : progress;
    case RecordType.reset:
      return progress.state === 'read'
        ? { state: 'read', failed: record.flag === INTERRUPTED ? 'interrupt' : 'error' }
        : progress;
    case RecordType.prompt:
      return progress.state === 'read' && record.flag === TOP
        ? { state: 'done', failed: progress.failed }
        : progress;
    case RecordType.final:
      return { state: 'ended', cause: causeOf(record.payload) };
    default:
      return progress;
  }
}

export const isOver = (progress: Progress): boolean => progress.state !== 'sent' && progress.state !== 'read';

const same = (a: InputId, b: InputId): boolean => a.client === b.client && a.counter === b.counter;

function causeOf(payload: Uint8Array): string {
  try {
    return Final.parse(JSON.parse(fromUtf8(payload))).message;
  } catch {
    return 'its last record can not be read';
  }
}
