import { expect, test } from 'vitest';
import { RecordType, toUtf8, type JournalRecord } from '@farside/protocol';
import { Shows, MAX_SHOWN_PER_INPUT, type ShowRequest } from '../../src/console/shows.ts';

const record = (type: string, text = '', flag = 0): JournalRecord => ({
  seq: 1,
  time: 0,
  type,
  flag,
  aux: 0,
  payload: toUtf8(text),
});
const begin = (text = '{"kind":"url","url":"https://a"}'): JournalRecord =>
  record(RecordType.show, text, 's'.charCodeAt(0));
const end = record(RecordType.show, '', 'e'.charCodeAt(0));
const out = record(RecordType.stdout, 'text');
const child = record(RecordType.childStdout, 'child');

function shows(answer: string | undefined = 'shown'): {
  shows: Shows;
  asked: ShowRequest[];
  notes: string[];
} {
  const [asked, notes]: [ShowRequest[], string[]] = [[], []];
  const made = new Shows(
    (request) => (asked.push(request), answer),
    (text) => notes.push(text),
  );
  return { shows: made, asked, notes };
}

test('the text between the marks is left out, what children write is not', () => {
  const { shows: s, notes } = shows();
  s.read(true);
  expect([begin(), out, child, end, out].map((r) => s.take(r, true))).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
  expect(notes).toHaveLength(1);
});

test('a prompt or an error ends it too, and a handler that does not want it leaves the text', () => {
  const { shows: s } = shows();
  for (const type of [RecordType.prompt, RecordType.reset])
    expect([begin(), record(type), out].map((r) => s.take(r, true))).toEqual([true, false, false]);
  const other = new Shows(
    () => undefined,
    () => undefined,
  );
  expect([begin(), out].map((r) => other.take(r, true))).toEqual([true, false]);
  const none = new Shows(undefined, () => undefined);
  expect([begin(), out].map((r) => none.take(r, true))).toEqual([true, false]);
});

test('wanted is what one’s own input asks for now, and not without end', () => {
  const { shows: s, asked } = shows();
  s.take(begin(), true);
  s.read(true);
  s.take(begin(), false);
  for (let i = 0; i <= MAX_SHOWN_PER_INPUT; i++) s.take(begin(), true);
  expect(asked.map(({ wanted }) => wanted)).toEqual([false, false, true, true, true, false]);
});

test('nonsense is text', () => {
  const { shows: s, asked } = shows();
  for (const text of ['', '{', '{"kind":"nonsense"}', '[]'])
    expect([begin(text), out].map((r) => s.take(r, true))).toEqual([true, false]);
  expect(asked).toEqual([]);
});
