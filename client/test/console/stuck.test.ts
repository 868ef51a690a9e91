import { FarsideError, bytesText, tombstoneText } from '@farside/protocol';
import { expect, test } from 'vitest';
import { InterruptLadder } from '../../src/console/interrupts.ts';
import { connectionText, notRunNote } from '../../src/console/notes.ts';
import { END_QUESTION, NOT_STOPPED, Stuck, type StuckHost } from '../../src/console/stuck.ts';

test('each Ctrl-C goes one rung up, a repeated key does not, a prompt begins anew', () => {
  const ladder = new InterruptLadder();
  expect([0, 30, 60, 2000, 2030, 5000, 9000].map((now) => ladder.next(now))).toEqual([1, 1, 1, 2, 2, 3, 3]);
  ladder.stepBack();
  expect(ladder.rung).toBe(2);
  expect(ladder.next(9010)).toBe(3);
  ladder.reset();
  expect(ladder.next(9020)).toBe(1);
});

function host(more: Partial<StuckHost> = {}): { stuck: Stuck; said: string[]; sent: number[] } {
  const [said, sent]: [string[], number[]] = [[], []];
  const interrupt = (level: number): boolean => sent.push(level) > 0;
  const notice = (text: string): void => void said.push(text);
  let clock = 0;
  const now = (): number => (clock += 1000);
  const stuck = new Stuck({ now, interrupt, notice, changed: () => undefined, ...more });
  return { stuck, said, sent };
}
/** Presses as a person does who waits in between: the clock of the tests goes on by itself. */
function press(stuck: Stuck, times: number): void {
  for (let i = 0; i < times; i++) stuck.press();
}

test('interrupt, interrupt stronger and say so, ask, end', () => {
  let ended = 0;
  const { stuck, said, sent } = host({ endR: () => Promise.resolve(ended++) });
  press(stuck, 3);
  expect(sent).toEqual([1, 2]);
  expect(said).toEqual([NOT_STOPPED, END_QUESTION]);
  expect([stuck.isAsking, stuck.interrupts]).toEqual([true, 2]);
  stuck.answer('n');
  expect([stuck.isAsking, ended]).toEqual([false, 0]);
  stuck.press();
  stuck.answer('y');
  expect(ended).toBe(1);
});

test('an editor asks in its own way, once at a time', async () => {
  let [asked, ended] = [0, 0];
  let answer: (yes: boolean) => void = () => undefined;
  const { stuck } = host({
    onEndR: () => new Promise((resolve) => ((answer = resolve), asked++)),
    endR: () => Promise.resolve(ended++),
  });
  press(stuck, 5);
  expect([asked, stuck.isAsking]).toEqual([1, false]);
  answer(true);
  await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toBe(1);
});

test('without a connection nothing is sent, and that is said', () => {
  const { stuck, said } = host({ interrupt: () => false });
  stuck.press();
  expect([said.length, stuck.interrupts]).toEqual([1, 0]);
});

test('without a connection, a second Ctrl-C leaves where there is a way to', () => {
  let left = 0;
  const { stuck, said } = host({ interrupt: () => false, onLeave: () => left++ });
  stuck.press();
  expect([left, said.length]).toEqual([0, 1]);
  stuck.press();
  expect(left).toBe(1);
});

test('an R that could not be ended is told', async () => {
  const { stuck, said } = host({
    endR: () => Promise.reject(new FarsideError('computeDown', { reason: 'x' })),
  });
  press(stuck, 3);
  stuck.answer('Y');
  await new Promise((resolve) => setImmediate(resolve));
  expect(said.at(-1)).toMatch(/could not be ended: The compute node does not answer/);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [12_345_678, '12.3 MB'],
  [999_960, '1.0 MB'],
  [1_500_000_000, '1.5 GB'],
])('%i bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

test('what is missing is named with its size and why', () => {
  const range = { from: 3, to: 9, bytes: 12_345_678 };
  expect(tombstoneText({ ...range, reason: 'retention' })).toBe(
    '[12.3 MB of older output are no longer kept on the server]',
  );
  expect(tombstoneText({ ...range, reason: 'skipped' })).toBe(
    '[12.3 MB of output not shown: open the journal to read it]',
  );
  expect(tombstoneText({ ...range, bytes: 0, reason: 'damage' })).toContain('records 3 to 9 are lost');
  expect(tombstoneText({ ...range, reason: 'disk full' })).toContain('disk of the server was full');
});

test('the row under the line says what is waited for and what is not sent', () => {
  const reason = new FarsideError('unreachable');
  const offline = { state: 'offline', host: 'h', reason, retryAt: 0, attempt: 1, since: 0 } as const;
  expect(connectionText(offline, { wasLive: true, unsent: 0 }, 1000)).toBe('connection lost, trying again…');
  expect(connectionText(offline, { wasLive: true, unsent: 2 }, 65_000)).toBe(
    'connection lost, trying again… 1 m 5 s (2 inputs are not sent yet)',
  );
  expect(connectionText(offline, { wasLive: false, unsent: 0 }, 1000)).toBeUndefined();
  expect(connectionText({ state: 'live' }, { wasLive: true, unsent: 0 })).toBeUndefined();
});

test('many lines that were not run are not all shown', () => {
  const note = notRunNote(Array.from({ length: 30 }, (_, i) => `line ${i}`));
  expect(note.split('\n')).toHaveLength(22);
  expect(note).toContain('… and 10 more');
});
