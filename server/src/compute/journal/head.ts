import { decodeRecord, recordLength } from '@farside/protocol';
import { nextView, STARTING, type SessionView } from '../sessions/state.ts';
import { JournalReader } from './reader.ts';
import { listSegments } from './segments.ts';

/** Tells the last sequence number of a journal that grows; reads only what is new. */
export class JournalHead {
  readonly #dir: string;
  #reader: JournalReader | undefined;
  #turn: Promise<number> = Promise.resolve(0);

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** One look at a time. */
  read(): Promise<number> {
    return (this.#turn = this.#turn.then(() => this.#look()));
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#reader?.close();
    this.#reader = undefined;
  }

  async #look(): Promise<number> {
    const last = (await listSegments(this.#dir)).at(-1);
    if (!last) return this.#reader?.cursor ?? 0;
    if (!this.#reader || this.#reader.cursor < last.first - 1) {
      await this.#reader?.close();
      this.#reader = new JournalReader(this.#dir, last.first - 1);
    }
    while (await this.#reader.read());
    return this.#reader.cursor;
  }
}

/**
 * State and head of a journal without reading more of it than needed: from its last segments, each read once, and its
 * hello.
 */
export async function restoreView(dir: string): Promise<{ view: SessionView; head: number }> {
  const segments = await listSegments(dir);
  let [view, head, end] = [STARTING, 0, Number.POSITIVE_INFINITY];
  for (const { first } of segments.toReversed()) {
    const part = await viewOf(dir, first - 1, end);
    head = Math.max(head, part.head);
    view = { ...part.view, lastActivity: Math.max(view.lastActivity, part.view.lastActivity) };
    end = first - 1;
    if (view.state.state !== 'starting') break;
  }
  if (!view.hello && segments[0]) {
    const { view: begin } = await viewOf(dir, segments[0].first - 1, segments[0].first);
    view = { ...view, hello: begin.hello };
  }
  return { view, head };
}

/** What the records behind `cursor` say, up to `end` or some more. */
async function viewOf(
  dir: string,
  cursor: number,
  end: number,
): Promise<{ view: SessionView; head: number }> {
  const reader = new JournalReader(dir, cursor);
  let view = STARTING;
  try {
    while (reader.cursor < end) {
      const run = await reader.read();
      if (!run) break;
      view = overRun(view, run);
    }
    return { view, head: reader.cursor };
  } finally {
    await reader.close();
  }
}

/** The state after a run of whole records. */
export function overRun(view: SessionView, run: Buffer): SessionView {
  let next = view;
  for (let at = 0; at < run.length; at += recordLength(run, at) ?? run.length)
    next = nextView(next, decodeRecord(run, at));
  return next;
}
