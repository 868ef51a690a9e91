import { expect, test } from 'vitest';
import { rString } from '../../src/local/asides.ts';
import { findR, type Where } from '../../src/local/find.ts';
import { planLaunch } from '../../src/local/launch.ts';
import { promptsFor, readable } from '../../src/local/pieces.ts';
import { LineQueue } from '../../src/local/queue.ts';
import { LocalWire, type LocalEvent } from '../../src/local/wire.ts';

const N = 'f00d';
const mark = (body: string): string => `\x1e${N}${body}\x1f`;

test('messages are taken out of the output, however it is cut', () => {
  const text = `out${mark('>1R: ')}more\x1ex${mark('?0who? ')}${mark('=03\nab')}end${mark('+0+ ')}`;
  const whole = new LocalWire(N).read(text);
  expect(whole).toEqual([
    { type: 'output', text: 'out' },
    { type: 'prompt', kind: 'top', text: 'R: ', turn: '1' },
    { type: 'output', text: 'more\x1ex' },
    { type: 'prompt', kind: 'readline', text: 'who? ', turn: '0' },
    { type: 'reply', text: '3\nab' },
    { type: 'output', text: 'end' },
    { type: 'prompt', kind: 'continuation', text: '+ ', turn: '0' },
  ]);
  for (let at = 0; at < text.length; at++) {
    const wire = new LocalWire(N);
    expect(joined([...wire.read(text.slice(0, at)), ...wire.read(text.slice(at))])).toEqual(whole);
  }
});

/** Output that follows output is one. */
function joined(events: LocalEvent[]): LocalEvent[] {
  const out: LocalEvent[] = [];
  for (const event of events) {
    const last = out.at(-1);
    if (event.type === 'output' && last?.type === 'output')
      out[out.length - 1] = { type: 'output', text: last.text + event.text };
    else out.push(event);
  }
  return out;
}

test('another nonce, a lost end and an unknown kind do no harm', () => {
  expect(new LocalWire(N).read('\x1ebeef>1> \x1f')).toEqual([{ type: 'output', text: '\x1ebeef>1> \x1f' }]);
  expect(new LocalWire(N).read(mark('!0x'))).toEqual([]);
  const wire = new LocalWire(N);
  const events = ['a', `\x1e${N}>1`, 'x'.repeat(2_000_000), 'y'].flatMap((piece) => wire.read(piece));
  expect(joined(events).map((event) => event.type)).toEqual(['output']);
});

test('how many prompts a long line costs, and blanks that keep letters whole', () => {
  expect([0, 4_094, 4_095, 8_189, 8_190].map((n) => promptsFor('a'.repeat(n)))).toEqual([1, 1, 2, 2, 3]);
  expect(readable('short')).toBe('short');
  const long = `"${'ä'.repeat(3_000)}"`;
  const padded = Buffer.from(readable(long));
  expect(padded.subarray(0, 4_095).toString()).not.toContain('\ufffd');
  expect(padded.toString().trimStart()).toBe(long);
});

test('what waits keeps its order', () => {
  const queue = new LineQueue();
  queue.add('later');
  queue.restOf('first\nsecond\nthird');
  expect(queue.next()).toEqual({ text: 'second', shown: true });
  expect(queue.take()).toEqual(['third', 'later']);
  expect(queue.next()).toBeUndefined();
});

test('any text as an R literal in ASCII', () => {
  expect(rString('a"b\\\n')).toBe('"a\\"b\\\\\\u000a"');
  expect(rString('ü😀')).toBe('"\\u00fc\\U0001f600"');
});

const where = (programs: string[], more: Partial<Where> = {}): Where => ({
  platform: 'linux',
  env: { PATH: '/bin:/opt/x' },
  home: '/home/me',
  setting: '',
  isProgram: (path) => programs.includes(path),
  list: () => [],
  ...more,
});
const mac = { platform: 'darwin' } as const;
const windows = { platform: 'win32', env: { Path: 'C:\\x', ProgramFiles: 'C:\\PF' } } as const;

test.each<[string, Where, string]>([
  ['the PATH in its order', where(['/opt/x/R', '/usr/bin/R']), '/opt/x/R'],
  ['the setting before the PATH', where(['/bin/R', '/r/bin/R'], { setting: '/r/bin/R' }), '/r/bin/R'],
  ['the setting as a folder', where(['/r/bin/R'], { setting: '/r' }), '/r/bin/R'],
  ['the setting in the home', where(['/home/me/R/bin/R'], { setting: '~/R/bin/R' }), '/home/me/R/bin/R'],
  [
    'the newest of /opt/R',
    where(['/opt/R/4.10.1/bin/R', '/opt/R/4.9.0/bin/R'], { list: () => ['4.9.0', '4.10.1'] }),
    '/opt/R/4.10.1/bin/R',
  ],
  [
    'the framework on macOS',
    where(['/Library/Frameworks/R.framework/Resources/bin/R'], mac),
    '/Library/Frameworks/R.framework/Resources/bin/R',
  ],
  [
    'Rterm on Windows',
    where(['C:\\PF\\R\\R-4.4.1\\bin\\x64\\Rterm.exe'], { ...windows, list: () => ['R-4.3.0', 'R-4.4.1'] }),
    'C:\\PF\\R\\R-4.4.1\\bin\\x64\\Rterm.exe',
  ],
])('R is found: %s', (_what, at, path) => expect(findR(at)).toEqual({ path }));

test('no R, and a setting that leads nowhere, say what to do', () => {
  expect(findR(where([]))).toMatchObject({
    missing: expect.stringContaining('cran.r-project.org') as string,
  });
  const wrong = findR(where(['/bin/R'], { setting: '/nope' }));
  expect(wrong).toMatchObject({ missing: expect.stringContaining('“/nope”') as string });
});

const plan = { path: '/r/R', profile: '/p.R', nonce: 'n', columns: 70, platform: 'linux' as const };

test('R starts with our profile, and keeps the user’s own for itself', () => {
  const { env, args } = planLaunch({
    ...plan,
    env: { R_PROFILE_USER: '/me.R', LANG: 'de_DE.UTF-8', VSCODE_PID: '1' },
  });
  expect(env).toMatchObject({ R_PROFILE_USER: '/p.R', FARSIDE_LOCAL_PROFILE: '/me.R', LANG: 'de_DE.UTF-8' });
  expect(env).not.toHaveProperty('VSCODE_PID');
  expect(args.slice(-4)).toEqual(['/r/R', '--no-readline', '--interactive', '--quiet']);
});

test('a locale is given where there is none; colours that were chosen stay', () => {
  expect(planLaunch({ ...plan, env: {} }).env['LANG']).toBe('C.UTF-8');
  const { env } = planLaunch({ ...plan, platform: 'darwin', env: { R_CLI_NUM_COLORS: '1' } });
  expect(env).toMatchObject({ LANG: 'en_US.UTF-8', R_CLI_NUM_COLORS: '1' });
  expect(planLaunch({ ...plan, env: { LC_ALL: 'C' } }).env).not.toHaveProperty('LANG');
});

test('Windows has Rterm and no process group', () => {
  const launch = planLaunch({ ...plan, platform: 'win32', env: {} });
  expect(launch).toMatchObject({ command: '/r/R', args: ['--ess', '--quiet'], group: false });
});
