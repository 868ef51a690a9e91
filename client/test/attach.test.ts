import { FarsideError, RecordType, TransientType, encodeRecord, decodeRecord } from '@farside/protocol';
import { writeInputId, type JournalRecord } from '@farside/protocol';
import { expect, test } from 'vitest';
import { LastSeen, isAway, span } from '../src/attach/away.ts';
import { attemptMs, backoffMs } from '../src/attach/backoff.ts';
import { PendingInputs, type InputFate } from '../src/attach/inputs.ts';
import { linkText } from '../src/attach/status.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.each([
  [-5, '0 s'],
  [999, '0 s'],
  [45_000, '45 s'],
  [59_999, '59 s'],
  [MINUTE, '1 m'],
  [12 * MINUTE + 5_000, '12 m 5 s'],
  [3 * HOUR + 12 * MINUTE + 59_000, '3 h 12 m'],
  [3 * HOUR, '3 h'],
  [52 * HOUR, '2 d 4 h'],
])('%i ms are %s', (ms, text) => expect(span(ms)).toBe(text));

test('a gap is marked after a minute when something was missed, after ten when not, and once', () => {
  expect([isAway(61_000, true), isAway(59_000, true), isAway(9 * MINUTE, false)]).toEqual([
    true,
    false,
    false,
  ]);
  let now = 0;
  const told: number[] = [];
  const seen = new LastSeen(
    () => now,
    () => true,
  );
  seen.onAway((ms) => told.push(ms));
  seen.tellGap(true);
  expect(told).toEqual([]);
  seen.seen();
  now = 2 * HOUR;
  seen.tellGap(false);
  seen.tellGap(true);
  expect(told).toEqual([2 * HOUR]);
});

test('waits between attempts stay so short that the prompt is back in two seconds', () => {
  for (let attempt = 1; attempt < 100; attempt++) {
    expect(backoffMs(attempt, 0.999)).toBeLessThanOrEqual(1500);
    expect(backoffMs(attempt, 0)).toBeGreaterThanOrEqual(125);
  }
  // Some attempts wait for a slow network, the others look for one that is back.
  expect([0, 1, 2, 3].map(attemptMs)).toEqual([15_000, 4_000, 4_000, 15_000]);
});

test('each state says what it waits for', () => {
  const reason = new FarsideError('unreachable', { url: 'u', reason: 'r' });
  expect(linkText({ state: 'connecting', host: 'host:1', since: 0 }, 12_300)).toBe(
    'Connecting to host:1… 12 s',
  );
  const offline = { state: 'offline', host: 'h', reason, retryAt: 0, attempt: 1, since: 0 } as const;
  expect(linkText(offline, 3 * HOUR)).toBe('No connection to h, trying again… 3 h');
  expect(linkText({ state: 'signedOut', reason })).toContain('nothing is lost');
});

class Inputs {
  readonly inputs = new PendingInputs();
  readonly fates: [number, InputFate][] = [];
  constructor() {
    this.inputs.onFate = ({ id }, fate) => this.fates.push([id.counter, fate]);
  }
  add(text = 'x\n'): number {
    return this.inputs.add({ kind: 'input', text }).id.counter;
  }
  record(
    type: string,
    counter: number,
    fields: { flag?: string; aux?: number; client?: bigint } = {},
  ): boolean {
    const payload = new Uint8Array(17);
    writeInputId(payload, { client: fields.client ?? this.inputs.client, counter });
    const { flag, aux = 0 } = fields;
    const bytes = encodeRecord({ type, seq: 1, flag: flag?.charCodeAt(0) ?? 0, aux, payload });
    const record: JournalRecord = decodeRecord(bytes, 0);
    return this.inputs.learn(record);
  }
  fate(counter: number): InputFate | undefined {
    return this.inputs.fateOf({ client: this.inputs.client, counter });
  }
}

test('the journal decides the fate of an input, also when the acknowledgement was lost', () => {
  const one = new Inputs();
  const [a, b, c, d] = [one.add(), one.add(), one.add(), one.add()];
  expect(one.inputs.size).toBe(4);
  one.record(RecordType.accepted, a);
  one.record(TransientType.ack, a);
  // The accepted record of b was never seen, but R has read it.
  one.record(RecordType.consumed, b, { aux: 1 });
  one.record(RecordType.discarded, c, { flag: 'i' });
  expect([a, b, c, d].map((n) => one.fate(n))).toEqual(['accepted', 'read', 'discarded', 'waiting']);
  expect(one.inputs.inOrder().map(({ id }) => id.counter)).toEqual([d]);
  one.record(RecordType.consumed, a, { aux: 1 });
  one.inputs.sessionEnded();
  expect(one.fates).toEqual([
    [a, 'accepted'],
    [b, 'read'],
    [c, 'discarded'],
    [a, 'read'],
    [d, 'notRun'],
  ]);
  expect(one.inputs.size).toBe(0);
});

test('lines that R has read are counted, so that only the others count as not run', () => {
  const one = new Inputs();
  const a = one.add('1\n2\n3\n');
  let linesRead = -1;
  one.inputs.onFate = (input) => (linesRead = input.linesRead);
  one.record(RecordType.consumed, a);
  one.record(RecordType.discarded, a, { flag: 'e' });
  expect([one.fate(a), linesRead]).toEqual(['notRun', 1]);
});

test('what is said of inputs of others, or twice, changes nothing', () => {
  const one = new Inputs();
  const a = one.add();
  expect(one.record(TransientType.refused, a, { client: 1n })).toBe(false);
  expect(one.record(TransientType.refused, a)).toBe(true);
  expect(one.record(TransientType.refused, a)).toBe(false);
  const b = one.add();
  one.record(RecordType.accepted, b);
  expect(one.record(TransientType.refused, b)).toBe(false);
  expect(one.fate(b)).toBe('accepted');
  expect(one.inputs.fateOf({ client: 1n, counter: b })).toBeUndefined();
});
