import { expect, test } from 'vitest';
import { QUIT_QUESTION, QUIT_SAVING, QuitCheck, quitQuestion } from '../../src/console/quit.ts';

test('a line that is nothing but q() or quit() is asked about', () => {
  for (const line of ['q()', ' quit( ) ; # bye', 'q("no")', 'base::q()', "quit(save = 'no', status = 1)"])
    expect(quitQuestion(line)).toBe(QUIT_QUESTION);
  for (const line of ['q("yes")', "quit(save = 'yes')"]) expect(quitQuestion(line)).toBe(QUIT_SAVING);
  for (const line of ['q', 'q <- 1', 'q(); x', 'f(q())', 'sq()', '# q()', 'x <- quote(q())'])
    expect(quitQuestion(line)).toBeUndefined();
});

function check(enabled: boolean): { quit: QuitCheck; did: string[] } {
  const did: string[] = [];
  const say = (text: string): void => void did.push(text);
  const send = (line: string): void => void did.push(`sent ${line}`);
  return { quit: new QuitCheck({ enabled, say, send, back: () => did.push('back') }), did };
}

test('yes sends the line, everything else does not, and answers of the terminal are none', () => {
  const { quit, did } = check(true);
  quit.ask('q()');
  quit.answer('\x1b[1;1R');
  expect(quit.isAsking).toBe(true);
  quit.answer('y');
  expect(did).toEqual([QUIT_QUESTION, 'y\n', 'sent q()']);
  for (const key of ['n', '\r', '\x03', '\x1b', 'x']) {
    quit.ask('q()');
    quit.answer(key);
    expect([did.at(-2), did.at(-1), quit.isAsking]).toEqual(['n\n', 'back', false]);
  }
  expect(check(false).quit.concerns('q()')).toBe(false);
});
