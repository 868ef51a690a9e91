import {
  encodeInput,
  InputFlag,
  RecordType,
  toUtf8,
  type JournalRecord,
  type Tombstone,
} from '@farside/protocol';
import { expect, test } from 'vitest';
import { GapFold, gapText } from '../../src/console/fold.ts';

const MINE = 7n;
let seq = 0;
const record = (type: string, payload: Uint8Array = new Uint8Array(0), aux = 0): JournalRecord => ({
  seq: ++seq,
  time: 0,
  type,
  flag: 't'.charCodeAt(0),
  aux,
  payload,
});
const gap = (bytes: number, reason: Tombstone['reason'] = 'skipped'): JournalRecord =>
  record(RecordType.tombstone, toUtf8(JSON.stringify({ from: seq + 1, to: seq + 1, bytes, reason })));
const command = (text: string, client = 1n): JournalRecord =>
  record(
    RecordType.consumed,
    encodeInput({ client, counter: 1, flag: InputFlag.line, display: '> ', text }),
    1,
  );
const prompt = (): JournalRecord => record(RecordType.prompt, toUtf8('> '));
const output = (): JournalRecord => record(RecordType.stdout, toUtf8('x'));

/** What a console shows of records: notes, and the types of what it was given. */
function shown(records: readonly JournalRecord[], catchingUp = true): string[] {
  const seen: string[] = [];
  const fold = new GapFold({
    note: (text) => seen.push(text),
    show: ({ type }) => seen.push(type),
    isOwn: ({ client }) => client === MINE,
  });
  for (const one of records) if (!fold.take(one, catchingUp)) seen.push(one.type);
  fold.end();
  return seen;
}

test('thousands of commands without their output are one line, and the last one stands above its output', () => {
  const records = Array.from({ length: 4000 }, (_, i) => [command(`f(${i})`), gap(1000), prompt()]).flat();
  expect(shown([output(), ...records, command('last()'), output(), prompt()])).toEqual([
    'o',
    'I',
    '[4.0 MB of output and 3999 commands not shown: open the journal to read them]',
    'I',
    'o',
    'P',
  ]);
});

test('without output behind it a gap ends at the last prompt', () => {
  expect(shown([gap(5), prompt()])).toEqual(['[5 B of output not shown: open the journal to read it]', 'P']);
});

test('what the user typed here is shown, also inside a gap', () => {
  expect(shown([gap(5), command('a'), prompt(), command('mine', MINE), prompt()])).toEqual([
    '[5 B of output and 1 command not shown: open the journal to read them]',
    'P',
    'I',
    'P',
  ]);
});

test('damage is named by itself, and live nothing is folded', () => {
  expect(shown([gap(5), gap(0, 'damage'), output()])[1]).toBe('T');
  expect(shown([gap(5), command('a'), prompt()], false)).toEqual(['T', 'I', 'P']);
});

test.each([
  [0, 2e9, 0, '[2.0 GB of older output are no longer kept on the server]'],
  [
    3e6,
    2e9,
    1,
    '[2.0 GB of older output are no longer kept on the server; 3.0 MB of output and 1 command not shown: open the journal to read them]',
  ],
  [0, 0, 0, '[output is missing here]'],
])('%d skipped, %d gone, %d commands', (skipped, gone, commands, text) => {
  expect(gapText(skipped, gone, commands)).toBe(text);
});
