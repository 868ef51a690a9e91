import { describe, expect, it } from 'vitest';
import { toUtf8, type JournalRecord } from '@farside/protocol';
import { nextView, STARTING, type SessionView } from '../../src/compute/sessions/state.ts';
import { causeOfDeath } from '../../src/compute/sessions/cause.ts';

const make = (type: string, flag = '', text = ''): JournalRecord => ({
  seq: 1,
  time: 5_000_000,
  type,
  flag: flag.charCodeAt(0) || 0,
  aux: 0,
  payload: toUtf8(text),
});
const after = (...records: JournalRecord[]): SessionView => records.reduce(nextView, STARTING);

describe('the state of a session', () => {
  it.each([
    ['t', { state: 'idle', prompt: 'top' }],
    ['+', { state: 'idle', prompt: 'continuation' }],
    ['b', { state: 'idle', prompt: 'browser' }],
    ['r', { state: 'waiting', prompt: 'readline', text: 'Name? ' }],
    ['m', { state: 'waiting', prompt: 'menu', text: 'Name? ' }],
  ])('follows the prompt kind %s', (kind, state) => {
    expect(after(make('P', kind, 'Name? ')).state).toEqual(state);
  });

  it('is busy from the line read to the next prompt; output does not change it', () => {
    const busy = after(make('P', 't'), make('A'), make('I', 't'));
    expect(busy.state).toEqual({ state: 'busy', since: 5000 });
    expect(nextView(busy, make('o', '', 'text'))).toBe(busy);
    expect(nextView(busy, make('P', 't')).state.state).toBe('idle');
  });

  it('stays ending until the final record, which is the last word', () => {
    const ending = after(make('P', 't'), make('S'), make('P', 't'));
    expect(ending.state.state).toBe('ending');
    const ended = nextView(ending, make('Q', '', '{"cause":"quit","message":"bye"}'));
    expect(ended.state).toEqual({ state: 'ended', final: { cause: 'quit', message: 'bye' } });
    expect(nextView(ended, make('P', 't')).state).toBe(ended.state);
  });

  it('survives records that make no sense', () => {
    expect(after(make('H', '', 'not json')).hello).toBeUndefined();
    expect(after(make('Q', '', '{}')).state).toMatchObject({ state: 'ended', final: { cause: 'crash' } });
    expect(after(make('?')).state.state).toBe('starting');
  });
});

describe('the cause of a death without a final record', () => {
  const death = { starting: false, rebooted: false, forced: false, oom: false };
  it.each([
    [{ ...death, signal: 'SIGKILL' as const }, 'killed'],
    [{ ...death, signal: 'SIGSEGV' as const }, 'crash'],
    [{ ...death, status: 3 }, 'crash'],
    [{ ...death }, 'killed'],
    [{ ...death, oom: true, signal: 'SIGKILL' as const }, 'oom'],
    [{ ...death, forced: true }, 'asked'],
    [{ ...death, rebooted: true }, 'reboot'],
    [{ ...death, starting: true, status: 1, startupText: 'no such library' }, 'startup'],
  ])('%o is %s', (facts, cause) => {
    expect(causeOfDeath(facts).cause).toBe(cause);
  });
});
