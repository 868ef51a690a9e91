import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionInfo } from '@farside/protocol';
import { newSession, signIn, type Api } from './support/api.ts';
import { TestConsole } from './support/console.ts';
import { startServer, type TestServer } from './support/server.ts';

let server: TestServer;
let api: Api;
beforeAll(async () => {
  server = await startServer({ args: ['--isolation=none'] });
  api = await signIn(server);
});
afterAll(() => server.stop());

const open = async (): Promise<TestConsole> => {
  const console = new TestConsole(api, await newSession(api));
  await console.untilPrompt();
  return console;
};
const seqs = ({ events }: TestConsole) => events.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));

describe('the console by request', () => {
  it('shows what R does, in order and without gaps, and ends by itself', async () => {
    const a = await open();
    await a.send('cat("6 x 7 is", 6 * 7, "\\n"); message("to the user")\n');
    await a.until((e) => e.type === 'output' && String(e['text']).includes('to the user'));
    await a.untilPrompt();
    expect(a.text(['stdout'])).toContain('6 x 7 is 42 \n');
    expect(a.text(['stderr'])).toContain('to the user\n');
    expect(seqs(a)).toEqual(seqs(a).map((_, i) => i + 1));
    const kinds = a.events.map(({ type }) => type);
    expect(kinds.indexOf('input')).toBeLessThan(kinds.indexOf('consumed'));
    expect(a.events.findLast(({ type }) => type === 'prompt')).toMatchObject({ kind: 'top', text: '> ' });
    // Nothing happens: it says that it is up to date, and ends.
    const before = a.events.length;
    await a.read({ waitMs: '300' });
    await a.read({ waitMs: '0' });
    expect(a.events.slice(before)).toEqual([{ type: 'live' }, { type: 'live' }]);
  });

  it('asks and is answered: readline, menu, continuation, browser', async () => {
    const a = await open();
    const kind = (wanted: string) => a.until((e) => e.type === 'prompt' && e['kind'] === wanted);
    await a.send('x <- readline("name? ")\n');
    await a.until((e) => e.type === 'prompt' && e['text'] === 'name? ' && e['kind'] === 'readline');
    await a.send('Zoë\n');
    await kind('top');
    await a.send('cat("hello", x, "\\n"); menu(c("one", "two"))\n');
    await kind('menu');
    await a.send('2\n');
    await kind('top');
    await a.send('(1 +\n');
    await kind('continue');
    await a.send('1)\n');
    await kind('top');
    await a.send('browser()\n');
    await kind('browser');
    await a.send('Q\n');
    await kind('top');
    expect(a.text()).toContain('hello Zoë \n');
    expect(a.text()).toContain('[1] 2\n');
  });

  it('interrupts', async () => {
    const a = await open();
    await a.send('Sys.sleep(600)\ncat("never\\n")\n');
    await a.until((e) => e.type === 'consumed');
    await api.ask('interruptSession', { params: { id: a.session }, body: { level: 1 } });
    await a.until((e) => e.type === 'reset');
    await a.untilPrompt();
    expect(a.events.some((e) => e.type === 'reset' && e['reason'] === 'interrupt')).toBe(true);
    expect(a.events.some((e) => e.type === 'discarded' && e['counter'] === 1)).toBe(true);
    expect(a.text()).not.toContain('never');
  });

  it('tells the end, also to who knows it', async () => {
    const a = await open();
    await a.send('q("no")\n');
    await a.until((e) => e.type === 'ended');
    expect(a.events.at(-1)).toMatchObject({ type: 'ended', final: { cause: 'quit' } });
    await a.read();
    expect(a.events.at(-1)).toMatchObject({ type: 'ended', final: { cause: 'quit' } });
    const late = await a.input('1\n', 9);
    expect([late.status, late.json<{ code: string }>().code]).toEqual([410, 'sessionEnded']);
    expect(late.text).toContain('Start a new session');
  });

  it('never cuts inside a character, whatever is cut where', async () => {
    const a = await open();
    // Bytes of a child process come as they come: one by one, so that every record ends inside.
    const bytes = Array.from(Buffer.from('é€😀ß'), (b) => `\\\\${b.toString(8).padStart(3, '0')}`);
    const code = bytes.map((b) => `system("printf '${b}'")`).join('; ');
    await a.send(`${code}; cat("\\ndone\\n")\n`);
    await a.until((e) => e.type === 'output' && String(e['text']).includes('done'));
    expect(a.text()).toContain('é€😀ß\ndone\n');
    // One reader for each record, as if every answer broke off behind it.
    const b = new TestConsole(api, a.session);
    while (b.cursor < a.cursor) await b.read({}, ({ seq }) => seq !== undefined);
    expect(b.text()).toBe(a.text());
  });

  it('begins with the newest output when asked, and says what is left out', async () => {
    const a = await open();
    await a.send('for (i in 1:20000) cat("line", i, "\\n")\n');
    await a.until((e) => e.type === 'consumed');
    await a.untilPrompt();
    const b = new TestConsole(api, a.session);
    await b.read({ tail: '5000', waitMs: '0' });
    expect(b.events.find(({ type }) => type === 'gap')).toMatchObject({ reason: 'skipped' });
    expect(b.text()).toContain('line 20000 \n');
    expect(b.text().length).toBeLessThan(300_000);
    expect(b.cursor).toBe(a.cursor);
  });
});

describe('a client that comes back', () => {
  const LINES = 30_000;
  const expected = Array.from({ length: LINES }, (_, i) => `n ${i + 1}`);
  const lines = (a: TestConsole) =>
    a
      .text(['stdout'])
      .split('\n')
      .filter((line) => line.startsWith('n '));

  it('with its cursor in the middle of output loses nothing and doubles nothing', async () => {
    const a = await open();
    await a.send(`for (i in 1:${LINES}) cat("n", i, "\\n", sep = c(" ", ""))\ncat("the end\\n")\n`);
    let seen = 0;
    const done = () => a.text(['stdout']).includes('the end');
    while (!done()) await a.read({}, () => ++seen % 7 === 0);
    expect(lines(a)).toEqual(expected);
    expect(seqs(a)).toEqual(seqs(a).map((_, i) => i + 1));
  });

  it('runs an input once, however often it sends it', async () => {
    const a = await open();
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await a.input('cat("ran\\n")\n', 7));
    expect(answers.map((answer) => answer.json<object>())).toEqual([
      { repeated: false },
      ...Array.from({ length: 4 }, () => ({ repeated: true })),
    ]);
    await a.send('cat("before\\n")\n');
    expect((await a.input('cat("last\\n")\n', 8)).json<object>()).toEqual({ repeated: false });
    await a.until((e) => e.type === 'output' && String(e['text']).includes('last'));
    expect(a.text()).toBe('ran\nlast\n');
  });

  it('finds everything again after the web node and the compute node were killed', async () => {
    const port = Number(new URL(server.url).port);
    const a = await open();
    await a.send(
      `for (i in 1:${LINES}) { cat("n", i, "\\n", sep = c(" ", "")); Sys.sleep(0.0001) }\ncat("the end\\n")\n`,
    );
    await a.until((e) => e.type === 'output' && String(e['text']).includes('n 100\n'));
    process.kill(server.computePid(), 'SIGKILL');
    await server.endWebNode('SIGKILL');
    const { dataDir } = server;
    server = await startServer({ dataDir, port, args: ['--isolation=none'] });
    expect((await a.input('cat("after\\n")\n', 2)).status).toBe(200);
    expect((await a.input('cat("after\\n")\n', 2)).json<object>()).toEqual({ repeated: true });
    await a.until((e) => e.type === 'output' && String(e['text']).includes('after'));
    expect(lines(a)).toEqual(expected);
    expect(a.text(['stdout']).split('after\n')).toHaveLength(2);
    expect(seqs(a)).toEqual(seqs(a).map((_, i) => i + 1));
  });
});

describe('a client out of order', () => {
  it('that stops reading costs a bounded amount of memory and nobody else’s time', async () => {
    const a = await open();
    const resident = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);
    const { hostname, port } = new URL(server.url);
    const before = resident();
    const stuck = Array.from({ length: 8 }, () => {
      const socket = connect(Number(port), hostname);
      socket.pause();
      const lines = [`GET /v2/sessions/${a.session}/console?waitMs=55000 HTTP/1.1`, `Host: ${hostname}`];
      socket.write([...lines, `Authorization: Bearer ${api.tokens.access_token}`, '', ''].join('\r\n'));
      return socket;
    });
    await a.send('x <- strrep("0123456789", 100); for (i in 1:100000) cat(x, "\\n"); cat("flood over\\n")\n');
    let text = '';
    await a.until((e) => {
      if (e.type !== 'output') return false;
      text = (text + String(e['text'])).slice(-1000);
      a.events.length = 0;
      return text.includes('flood over');
    });
    // 100 MB went by; each of those that do not read holds a few chunks.
    expect(resident() - before).toBeLessThan(150 * 1024);
    for (const socket of stuck) socket.destroy();
  });

  it.each([
    [{ after: '-1' }],
    [{ after: 'x' }],
    [{ after: '1e99' }],
    [{ after: '999999' }],
    [{ waitMs: '56000' }],
    [{ waitMs: '-1' }],
    [{ tail: '0' }],
    [{ tail: 'NaN' }],
  ])('asking with %j is told so', async (query) => {
    const id = (await api.ask('sessions')).json<SessionInfo[]>()[0]?.id ?? '';
    const answer = await api.ask('console', { params: { id }, query });
    expect([answer.status, answer.json<{ code: string }>().code]).toEqual([400, 'badRequest']);
  });

  it.each([
    [{ client: 'xyz', counter: 1, text: '1\n' }, 400, 'badRequest'],
    [{ client: '00000000000000c1', counter: 0, text: '1\n' }, 400, 'badRequest'],
    [{ client: '00000000000000c1', counter: 2 ** 32, text: '1\n' }, 400, 'badRequest'],
    [{ client: '00000000000000c1', counter: 1 }, 400, 'badRequest'],
    [{ client: '00000000000000c1', counter: 1, text: 'a\0b\n' }, 400, 'badInput'],
    [
      { client: '00000000000000c1', counter: 1, text: 'x'.repeat(16 * 1024 * 1024 + 1) },
      413,
      'inputTooLarge',
    ],
  ])('an input that can not be one is refused', async (body, status, code) => {
    const id = await newSession(api);
    const answer = await api.ask('sendInput', { params: { id }, body });
    expect([answer.status, answer.json<{ code: string }>().code]).toEqual([status, code]);
  });

  it('sees nothing of another user’s session', async () => {
    const a = await open();
    await api.ask('addUser', { body: { name: 'other', password: 'long enough' } });
    const other = await signIn(server, 'other', 'long enough');
    for (const id of [a.session, 'nope', '../x']) {
      const params = { id };
      const body = { client: '00000000000000c1', counter: 1, text: 'q()\n' };
      expect((await other.ask('console', { params })).status).toBe(404);
      expect((await other.ask('sendInput', { params, body })).status).toBe(404);
    }
  });
});
