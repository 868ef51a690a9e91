import { expect, test } from 'vitest';
import { statusLook, type StatusInput } from './statusText.ts';

const idle = { state: 'idle', prompt: 'top' } as const;
const session = (offline: boolean): StatusInput => ({
  kind: 'session',
  server: 'lab',
  session: 'points',
  state: idle,
  offline,
});

test('names session and server, and how they stand', () => {
  const look = statusLook(session(false));
  expect(look.text).toBe('$(circle-filled) points @ lab');
  expect(look.tooltip).toMatch(/points on lab: idle/);
  expect(look.command).toBe('farside.switchSession');
});

test('offline warns, says that the session goes on, and tries again', () => {
  const look = statusLook(session(true));
  expect(look).toMatchObject({ warning: true, command: 'farside.retry' });
  expect(look.tooltip).toMatch(/goes on/);
});

test('offline says for how long', () => {
  const look = statusLook({ ...session(true), since: 1_000 } as StatusInput, 181_000);
  expect(look.tooltip).toMatch(/No connection to lab for 3 min;/);
});

test.each([
  ['signedOut', 'farside.signIn'],
  ['failed', 'farside.retry'],
  ['ready', 'farside.switchSession'],
] as const)('a server that is %s leads to %s', (state, command) => {
  expect(statusLook({ kind: 'server', server: 'lab', state }).command).toBe(command);
});

test('without servers it leads to adding one', () => {
  expect(statusLook({ kind: 'none' }).command).toBe('farside.addServer');
});
