import { expect, test } from 'vitest';
import { Ahead } from '../../src/console/ahead.ts';
import type { LineKind } from '../../src/console/editor.ts';

/** An R that asks as it is told; words are `W`. */
function bench(first: LineKind | undefined): {
  ahead: Ahead;
  seen: string[];
  becomes: (k?: LineKind) => void;
} {
  let kind = first;
  const seen: string[] = [];
  const ahead = new Ahead({
    kind: () => kind,
    waits: (line) => line === 'W',
    send: (line) => void seen.push(`send ${line}`),
    enter: (line, at) => {
      seen.push(`${at} ${line}`);
      kind = 'busy';
    },
  });
  const becomes = (next?: LineKind): void => {
    kind = next;
    ahead.run();
  };
  return { ahead, seen, becomes };
}

test('lines go on to a busy R up to a word, which waits for a prompt', () => {
  const { ahead, seen, becomes } = bench('busy');
  ahead.add('a', 'b', 'W', 'c', 'd');
  expect(seen).toEqual(['send a', 'send b']);
  becomes('top');
  expect(seen.slice(2)).toEqual(['top W', 'send c', 'send d']);
});

test('inside an expression a word is code', () => {
  const { ahead, seen, becomes } = bench('busy');
  ahead.add('f <- function() {', 'W', '}');
  becomes('continuation');
  expect(seen).toEqual(['send f <- function() {', 'continuation W', 'send }']);
});

test('nothing goes to a question, or to a terminal that is somebody else’s', () => {
  for (const kind of ['readline', 'menu', 'browser', undefined] as const) {
    const { ahead, seen } = bench(kind);
    ahead.add('a', 'W');
    expect(seen).toEqual([]);
    expect(ahead.take()).toEqual(['a', 'W']);
  }
});
