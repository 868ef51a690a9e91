import { existsSync, readFileSync } from 'node:fs';
import type { InputId } from '@farside/protocol';
import { keyOf, type Ledger } from './ledger.ts';

/** An input as the one who sent it knows it. */
export interface Sent {
  /** What R writes down when it reads it. */
  readonly number: number;
  readonly id: InputId;
  /** Its client went for good, so it need not have arrived. */
  readonly abandoned: () => boolean;
  readonly acknowledged: () => boolean;
  readonly refused: () => boolean;
}

export interface InputAccount {
  readonly sent: number;
  /** Ran, or were read by R and then stopped by an interrupt. */
  readonly read: number;
  readonly discarded: number;
  readonly lost: number;
  readonly doubled: number;
  readonly notes: readonly string[];
}

/** How often each input was read, by R's own account. */
export function readsIn(path: string): Map<number, number> {
  const reads = new Map<number, number>();
  if (!existsSync(path)) return reads;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    const number = Number(line);
    if (!Number.isInteger(number)) throw new Error(`R read what is no input: ${line}`);
    reads.set(number, (reads.get(number) ?? 0) + 1);
  }
  return reads;
}

/**
 * Counts every input of a session: read once, or with a recorded fate, or never acknowledged by anybody.
 * `killed`: R was killed, so what it had read need not have run.
 */
export function account(
  inputs: readonly Sent[],
  ledger: Ledger,
  reads: ReadonlyMap<number, number>,
  killed: boolean,
): InputAccount {
  const notes: string[] = [];
  const sum = { sent: inputs.length, read: 0, discarded: 0, lost: 0, doubled: 0 };
  for (const input of inputs) {
    const fate = ledger.fate(input.id);
    const ran = reads.get(input.number) ?? 0;
    if (fate.read > 0) sum.read++;
    if (fate.discarded > 0) sum.discarded++;
    const say = (what: 'lost' | 'doubled', why: string): void => {
      sum[what]++;
      const rest = `${why}; ${JSON.stringify(fate)}, ran ${ran} times`;
      if (notes.length < 5) notes.push(`input ${input.number} (${keyOf(input.id)}) ${rest}`);
    };
    if (fate.accepted > 1 || fate.read > 1 || fate.discarded > 1 || ran > 1)
      say('doubled', 'was taken more than once');
    else if (fate.discarded > 0 && ran > 0 && !fate.read) say('doubled', 'was discarded and ran');
    else if (fate.accepted === 0 && ran > 0) say('lost', 'ran without a record');
    else if (fate.accepted === 0 && input.acknowledged()) say('lost', 'was acknowledged, not recorded');
    else if (fate.accepted === 0 && !input.abandoned() && !input.refused() && !killed)
      say('lost', 'never arrived');
    else if (fate.accepted > 0 && fate.read + fate.discarded === 0) say('lost', 'has no fate');
    else if (fate.read > 0 && ran === 0 && !fate.interrupted && !killed)
      say('lost', 'was read and did not run');
  }
  return { ...sum, notes };
}
