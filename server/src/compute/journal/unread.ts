import {
  decodeRecord,
  INPUT_ID_BYTES,
  recordLength,
  RecordType,
  type JournalRecord,
} from '@farside/protocol';
import { JournalReader } from './reader.ts';
import { listSegments } from './segments.ts';

const LAST_LINE = 1;

/** What a stretch of the journal says about inputs, by their ids. */
interface Part {
  /** In the order in which R would read them. */
  readonly accepted: Map<string, Uint8Array>;
  /** Read to the end, or discarded. */
  readonly decided: Set<string>;
  /** The one that was read or discarded last. */
  last?: string;
}

/**
 * The ids of inputs that were accepted and that R neither read to their end nor saw discarded, in order. R takes them in
 * the order of their acceptance, so nothing older than the last one it took is looked at.
 */
export async function unreadInputs(journal: string): Promise<Uint8Array[]> {
  const decided = new Set<string>();
  let accepted = new Map<string, Uint8Array>();
  let last: string | undefined;
  let end = Number.POSITIVE_INFINITY;
  for (const { first } of (await listSegments(journal)).reverse()) {
    const part = await inputsBetween(journal, first - 1, end);
    accepted = new Map([...part.accepted, ...accepted]);
    part.decided.forEach((id) => decided.add(id));
    last ??= part.last;
    end = first - 1;
    if (last !== undefined && part.accepted.has(last)) break;
  }
  return [...accepted].filter(([id]) => !decided.has(id)).map(([, payload]) => payload);
}

async function inputsBetween(journal: string, cursor: number, end: number): Promise<Part> {
  const part: Part = { accepted: new Map(), decided: new Set() };
  const reader = new JournalReader(journal, cursor);
  try {
    while (reader.cursor < end) {
      const run = await reader.read();
      if (!run) break;
      for (let at = 0; at < run.length; at += recordLength(run, at) ?? run.length)
        note(part, decodeRecord(run, at));
    }
  } finally {
    await reader.close();
  }
  return part;
}

function note(part: Part, { type, aux, payload }: JournalRecord): void {
  const isInput =
    type === RecordType.accepted || type === RecordType.consumed || type === RecordType.discarded;
  if (!isInput || payload.length < INPUT_ID_BYTES) return;
  const bytes = Uint8Array.from(payload.subarray(0, INPUT_ID_BYTES));
  const id = Buffer.from(bytes).toString('hex');
  if (type === RecordType.accepted) {
    part.accepted.set(id, bytes);
    return;
  }
  part.last = id;
  if (type === RecordType.discarded || aux === LAST_LINE) part.decided.add(id);
}
