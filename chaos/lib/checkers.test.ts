import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordType, encodeInput, toUtf8, type JournalRecord } from '@farside/protocol';
import { afterEach, expect, test } from 'vitest';
import { account, readsIn, type Sent } from './account.ts';
import { Comparer } from './comparer.ts';
import { Ledger } from './ledger.ts';
import { planOf } from './plan.ts';

const dir = mkdtempSync(join(tmpdir(), 'farside-checkers-'));
const path = join(dir, 'truth');
afterEach(() => rmSync(path, { force: true }));

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}\n`).join('');

function compare(truth: string, ...seen: string[]) {
  writeFileSync(path, truth);
  const comparer = new Comparer(path);
  for (const piece of seen) comparer.take(toUtf8(piece));
  return comparer.finish();
}

test('equal streams have no difference, however they are cut, with R’s empty lines', () => {
  const truth = lines(1, 100);
  const cut = [truth.slice(0, 33), `${truth.slice(33, 40)}`, truth.slice(40)];
  expect(compare(truth, ...cut)).toMatchObject({ bytes: truth.length, lost: 0, doubled: 0, foreign: 0 });
  expect(compare(truth, lines(1, 50), '\n', '\n', lines(51, 100))).toMatchObject({ lost: 0, foreign: 0 });
});

test('the truth may come after what was seen', () => {
  writeFileSync(path, '');
  const comparer = new Comparer(path);
  comparer.take(toUtf8(lines(1, 10)));
  appendFileSync(path, lines(1, 10));
  expect(comparer.finish()).toMatchObject({ lost: 0, foreign: 0, bytes: lines(1, 10).length });
});

test('a lost line, a line twice, a line of nobody and a missing end are each told', () => {
  const truth = lines(1, 100);
  expect(compare(truth, lines(1, 40), lines(42, 100))).toMatchObject({ lost: 8, doubled: 0, foreign: 0 });
  expect(compare(truth, lines(2, 100))).toMatchObject({ lost: 7, doubled: 0, foreign: 0 });
  expect(compare(truth, lines(1, 40), lines(40, 100))).toMatchObject({ lost: 0, doubled: 8, foreign: 0 });
  expect(compare(truth, lines(1, 40), 'what?\n', lines(41, 100))).toMatchObject({ lost: 0, foreign: 6 });
  expect(compare(truth, lines(1, 99))).toMatchObject({ lost: 9 });
});

const ID = { client: 1n, counter: 1 };
const record = (type: string, aux = 0, flag = ''): JournalRecord => {
  const payload = encodeInput({ ...ID, flag: 0, display: '', text: 'i(5)\n' });
  return { seq: 1, time: 0, type, flag: flag.charCodeAt(0) || 0, aux, payload };
};

function judge(records: JournalRecord[], ran: number, sent: Partial<Sent> = {}) {
  writeFileSync(path, '5\n'.repeat(ran));
  const ledger = new Ledger();
  for (const each of records) ledger.take(each);
  const [no, yes] = [() => false, () => true];
  const input: Sent = { number: 5, id: ID, abandoned: no, acknowledged: yes, refused: no, ...sent };
  const { lost, doubled } = account([input], ledger, readsIn(path), false);
  return { lost, doubled };
}

test('an input is counted as lost or doubled exactly when it is', () => {
  const [accepted, read] = [record(RecordType.accepted), record(RecordType.consumed, 1)];
  const discarded = record(RecordType.discarded);
  const fine = { lost: 0, doubled: 0 };
  expect(judge([accepted, read], 1)).toEqual(fine);
  expect(judge([accepted, discarded], 0)).toEqual(fine);
  expect(judge([], 0, { acknowledged: () => false, abandoned: () => true })).toEqual(fine);
  expect(judge([accepted, read, record(RecordType.reset, 0, 'i')], 0)).toEqual(fine);
  expect(judge([], 0)).toEqual({ lost: 1, doubled: 0 });
  expect(judge([accepted], 0)).toEqual({ lost: 1, doubled: 0 });
  expect(judge([accepted, read], 0)).toEqual({ lost: 1, doubled: 0 });
  expect(judge([accepted, read], 2)).toEqual({ lost: 0, doubled: 1 });
  expect(judge([accepted, accepted, read], 1)).toEqual({ lost: 0, doubled: 1 });
  expect(judge([accepted, discarded], 1)).toEqual({ lost: 0, doubled: 1 });
});

test('the same seed gives the same plan', () => {
  const first = (seed: number) =>
    Array.from(
      { length: 50 },
      (
        (plan) => () =>
          plan.next().value
      )(planOf(seed)),
    );
  expect(first(3)).toEqual(first(3));
  expect(first(3)).not.toEqual(first(4));
});
