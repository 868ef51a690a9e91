import { SessionLink, type FarsideClient } from '@farside/client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { Listener, openSession, signedIn } from './support.ts';

let server: TestServer;
let client: FarsideClient;
const open: Listener[] = [];
beforeAll(async () => {
  server = await startServer();
  client = await signedIn(server);
});
afterEach(() => open.splice(0).forEach(({ link }) => link.close()));
afterAll(async () => {
  client.dispose();
  await server.stop();
});

async function session(): Promise<Listener> {
  const listener = await openSession(client);
  open.push(listener);
  return listener;
}

/** Kills the web node as a crash would and starts it again at the same address. */
async function crash(): Promise<void> {
  await server.endWebNode('SIGKILL');
  const port = Number(new URL(server.url).port);
  server = await startServer({ dataDir: server.dataDir, port });
}

test('each line comes once and in order though the server is killed under way, twice', async () => {
  const one = await session();
  const lines = 60_000;
  one.link.input(`for (i in 1:${lines}) { cat("line", i, "\\n"); if (i %% 1000 == 0) Sys.sleep(0.02) }`);
  const done = one.nextPrompt();
  for (const share of [0.2, 0.6]) {
    await one.until(() => one.seqs.length > 5 && one.output.includes(`line ${Math.floor(lines * share)} \n`));
    await crash();
    await one.status('live');
  }
  await done;
  const expected = Array.from({ length: lines }, (_, i) => `line ${i + 1} \n`).join('');
  expect(one.output).toBe(expected);
  expect(one.seqs).toEqual(one.seqs.map((_, i) => i + 1));
});

test('inputs made while there is no server run once, in order, when it is back', async () => {
  const one = await session();
  await server.endWebNode('SIGKILL');
  await one.status('offline');
  for (let i = 1; i <= 5; i++) one.link.input(`cat("n", ${i}, "\\n")`);
  expect(one.link.unaccepted).toBe(5);
  const port = Number(new URL(server.url).port);
  server = await startServer({ dataDir: server.dataDir, port });
  one.link.retryNow();
  await one.until(() => one.output.includes('n 5'));
  expect(one.output).toBe('n 1 \nn 2 \nn 3 \nn 4 \nn 5 \n');
  expect(one.link.unaccepted).toBe(0);
});

test('an input that was accepted just before the crash does not run twice', async () => {
  const one = await session();
  for (let round = 1; round <= 3; round++) {
    const done = one.until(() => one.output.includes(`round ${round} \n`));
    one.link.input(`cat("round", ${round}, "\\n")`);
    await crash();
    await done;
  }
  expect(one.output).toBe('round 1 \nround 2 \nround 3 \n');
});

test('a second client sees all from its cursor on, as the first did', async () => {
  const one = await session();
  one.link.input('cat("hello\\n")');
  await one.nextPrompt();
  const second = new Listener(new SessionLink({ client, session: one.link.session, readOnly: true }));
  open.push(second);
  second.link.open();
  await second.status('live');
  expect(second.output).toBe(one.output);
  expect(second.link.cursor).toBe(one.link.cursor);
  second.link.input('cat("no")');
  await second.until(() => second.refusals.length > 0);
  expect(second.refusals[0]).toMatch(/only reads/);
});

test('interrupt stops R and throws queued input away', async () => {
  const one = await session();
  one.link.input('Sys.sleep(1000)');
  one.link.input('cat("never\\n")');
  await one.until(() => one.link.unaccepted === 0);
  const back = one.nextPrompt();
  one.link.interrupt(1);
  await back;
  one.link.input('cat("after\\n")');
  await one.until(() => one.output.includes('after'));
  expect(one.output).not.toContain('never');
});

test('a slow listener holds the server back and loses nothing', async () => {
  const one = await session();
  let bytes = 0;
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  one.link.onRecord((record) => {
    bytes += record.payload.length;
    return gate;
  });
  one.link.input('for (i in 1:200) cat(strrep("x", 99999), "\\n", sep = "")');
  const done = one.nextPrompt();
  await one.until(() => bytes > 3_000_000);
  const other = await session();
  other.link.input('cat("meanwhile\\n")');
  await other.until(() => other.output.includes('meanwhile'));
  expect(bytes).toBeLessThan(6_000_000);
  letGo();
  await done;
  expect(one.output).toHaveLength(200 * 100_000);
});

test('the end of the session is told with its cause, and stays readable', async () => {
  const one = await session();
  one.link.input('q(status = 4)');
  await one.status('ended');
  expect(one.link.status).toMatchObject({ state: 'ended', final: { cause: 'quit', status: 4 } });
  const late = new Listener(new SessionLink({ client, session: one.link.session }));
  late.link.open();
  await late.status('ended');
});

test('a session that is not there closes the link with the reason', async () => {
  const lost = new Listener(new SessionLink({ client, session: 'no-such-session' }));
  lost.link.open();
  await lost.status('closed');
  expect(lost.link.status).toMatchObject({ reason: { code: 'noSuchSession' } });
});

test('completion comes from the live session', async () => {
  const one = await session();
  one.link.input('my_own_variable <- 1');
  await one.nextPrompt();
  const { from, items } = await one.link.complete('my_own_v', 8);
  expect({ from, items }).toEqual({ from: 0, items: ['my_own_variable'] });
});

test('a file and the lines behind it, sent at once after an attach, keep their order and all run', async () => {
  const { id } = await client.call('startSession', { body: {} });
  const one = new Listener(new SessionLink({ client, session: id }));
  open.push(one);
  // Made before there is a connection, so that all go up in the same moment; the file has to be stored first.
  for (let round = 1; round <= 5; round++) {
    one.link.run({ name: 'a.R', text: `cat("file ${round}\\n")\n`, echo: false });
    one.link.input(`cat("line ${round}\\n")`);
  }
  one.link.open();
  await one.until(() => one.link.unaccepted === 0 && one.output.includes('line 5\n'));
  const rounds = [1, 2, 3, 4, 5].map((n) => `file ${n}\nline ${n}\n`);
  expect(one.output).toBe(rounds.join(''));
});
