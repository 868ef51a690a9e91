import { FarsideClient, memoryTokenStore, recordsIn } from '@farside/client';
import { RecordType } from '@farside/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { openSession, signedIn, type Listener } from './support.ts';

let server: TestServer;
let client: FarsideClient;
beforeAll(async () => {
  server = await startServer({ args: ['--isolation', 'none'] });
  client = await signedIn(server);
});
afterAll(async () => {
  client.dispose();
  await server.stop();
});

const paramsOf = ({ link }: Listener) => ({ params: { id: link.session } });

async function journal(one: Listener, query: Record<string, string | number> = {}): Promise<string> {
  const bytes = await client.call('sessionJournal', { ...paramsOf(one), query });
  return new TextDecoder().decode(bytes);
}

async function run(one: Listener, line: string): Promise<void> {
  const back = one.nextPrompt();
  one.link.input(line);
  await back;
}

test('a session is renamed, interrupted, ended and removed by REST', async () => {
  const one = await openSession(client);
  const renamed = await client.call('renameSession', { ...paramsOf(one), body: { name: ' my model ' } });
  expect(renamed.name).toBe('my model');
  expect((await client.call('session', paramsOf(one))).name).toBe('my model');

  const back = one.nextPrompt();
  one.link.input('Sys.sleep(1000)');
  await one.until(() => one.link.unaccepted === 0);
  await client.call('interruptSession', { ...paramsOf(one), body: { level: 1 } });
  await back;

  await expect(client.call('removeSession', paramsOf(one))).rejects.toMatchObject({
    code: 'sessionNotEnded',
  });
  const ended = await client.call('endSession', { ...paramsOf(one), body: {} });
  expect(ended.state).toMatchObject({ state: 'ended', final: { cause: 'asked' } });
  await client.call('removeSession', paramsOf(one));
  await expect(client.call('session', paramsOf(one))).rejects.toMatchObject({ code: 'noSuchSession' });
  expect((await client.call('sessions')).map(({ id }) => id)).not.toContain(one.link.session);
});

test('the level is checked, and an ended session is not interrupted', async () => {
  const one = await openSession(client);
  await expect(
    client.call('interruptSession', { ...paramsOf(one), body: { level: 3 } }),
  ).rejects.toMatchObject({ code: 'badRequest' });
  await client.call('endSession', { ...paramsOf(one), body: { force: true } });
  await expect(
    client.call('interruptSession', { ...paramsOf(one), body: { level: 2 } }),
  ).rejects.toMatchObject({ code: 'sessionEnded' });
});

test('the journal is the text of the terminal, also after the end, and its records are there too', async () => {
  const one = await openSession(client);
  await run(one, 'cat("a\\rb\\n"); x <- readline("Name? ")\nBob');
  await run(one, 'message("to stderr")');
  await run(one, 'plot(1); stop("no")');
  await client.call('endSession', { ...paramsOf(one), body: {} });
  const text = await journal(one);
  expect(text).toMatch(
    /^> cat\("a\\rb\\n"\); x <- readline\("Name\? "\)\na\rb\nName\? Bob\n> message\("to stderr"\)\nto stderr\n> plot\(1\); stop\("no"\)\n/m,
  );
  expect(text).toContain('[plot 1]\n');
  expect(text).toMatch(/Error: no\n.*> \n\[The session was ended on request\.\]\n$/s);

  const bytes = await client.call('sessionJournal', { ...paramsOf(one), query: { format: 'records' } });
  const records = [...recordsIn(bytes)];
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i + 1));
  expect(records.at(-1)?.type).toBe(RecordType.final);
  const after = await client.call('sessionJournal', {
    ...paramsOf(one),
    query: { format: 'records', after: records.length - 1 },
  });
  expect([...recordsIn(after)].map(({ seq }) => seq)).toEqual([records.length]);
});

test('what is another user’s does not exist', async () => {
  const one = await openSession(client);
  await client.call('addUser', { body: { name: 'eve', password: 'long enough for eve' } });
  const eve = new FarsideClient({ url: server.url, tokens: memoryTokenStore() });
  await eve.signIn('eve', 'long enough for eve');
  const attempts = [
    () => eve.call('renameSession', { ...paramsOf(one), body: { name: 'mine' } }),
    () => eve.call('interruptSession', { ...paramsOf(one), body: { level: 1 } }),
    () => eve.call('endSession', { ...paramsOf(one), body: { force: true } }),
    () => eve.call('removeSession', paramsOf(one)),
    () => eve.call('sessionJournal', paramsOf(one)),
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'noSuchSession' });
});

test('console output and history by REST do not need the output before them', async () => {
  const one = await openSession(client);
  await run(one, 'for (i in 1:300) cat(strrep("x", 9999), "\\n")');
  await client.call('executeCode', { ...paramsOf(one), body: { code: 'cat("the last\\n")' } });
  await run(one, 'cat("typed\\n")');
  const { consoleOutput } = await client.call('getSessionConsoleOutput', paramsOf(one));
  expect(consoleOutput).toBe('the last\n');
  const history = await client.call('listSessionHistory', paramsOf(one));
  expect(history.at(0)).toMatch(/^for/);
  expect(history.at(-1)).toBe('cat("typed\\n")');
});
