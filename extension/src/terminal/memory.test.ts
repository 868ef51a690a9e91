import { expect, test } from 'vitest';
import type { Memento } from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import { TerminalMemory, type KeptTerminal } from './memory.ts';

const session: SessionInfo = {
  id: 's1',
  name: 'points',
  owner: 'ada',
  created: 1,
  lastActivity: 2,
  workdir: '/w',
  head: 3,
  state: { state: 'busy', since: 2 },
};
const kept: KeptTerminal = {
  url: 'http://lab:12800/',
  session,
  readOnly: true,
  place: { kind: 'editor', column: 2 },
  active: true,
  lastSeen: 10,
  size: { columns: 120, rows: 30 },
};

/** A memento that keeps what survives a window: JSON. */
function memento(): Memento & { writes: number } {
  const values = new Map<string, string>();
  return {
    writes: 0,
    keys: () => [...values.keys()],
    get: (key: string) => (values.has(key) ? (JSON.parse(values.get(key) as string) as never) : undefined),
    update(key: string, value: unknown) {
      this.writes++;
      values.set(key, JSON.stringify(value));
      return Promise.resolve();
    },
  };
}

test('the next window finds the terminals as they were, in order', () => {
  const memory = memento();
  const other: KeptTerminal = {
    ...kept,
    url: 'http://b/',
    readOnly: false,
    place: { kind: 'panel' },
    active: false,
  };
  new TerminalMemory(memory).save([kept, other]);
  expect(new TerminalMemory(memory).load()).toEqual([kept, other]);
});

test('nothing is written when nothing changed', () => {
  const memory = memento();
  const terminals = new TerminalMemory(memory);
  terminals.save([kept]);
  terminals.save([{ ...kept }]);
  expect(memory.writes).toBe(1);
  terminals.save([]);
  expect(new TerminalMemory(memory).load()).toEqual([]);
});

test('what can not be read is left out, the rest stays', () => {
  const memory = memento();
  const odd = [
    null,
    7,
    { url: 'x' },
    { ...kept, session: { id: 's' } },
    { ...kept, place: { kind: 'moon' }, size: {} },
  ];
  void memory.update('farside.terminals', odd);
  const { size: _, ...rest } = kept;
  expect(new TerminalMemory(memory).load()).toEqual([{ ...rest, place: { kind: 'panel' } }]);
});
