import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { FarsideClient, SessionLink, memoryTokenStore } from '@farside/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { promised } from '../support/figures.ts';
import { Freezer } from './freezer.ts';
import { Screen } from './screen.ts';
import { Listener, openSession, signedIn } from './support.ts';

const HOUR = 60 * 60_000;
/** Longer than the server waits for a pong, and than a tick may be late. */
const STOPPED_MS = 6_500;

let server: TestServer;
let client: FarsideClient;
beforeAll(async () => {
  server = await startServer({ env: { FARSIDE_TEST_PING_MS: '1000' } });
  client = await signedIn(server);
});
afterAll(async () => {
  client.dispose();
  await server.stop();
});

test('after a sleep of hours a silent connection is replaced in two seconds, and the gap is marked', async () => {
  const freezer = await Freezer.before(server.url);
  let now = Date.now();
  const clock = setInterval(() => (now += 100), 100);
  const sleeper = new FarsideClient({ url: freezer.url, tokens: memoryTokenStore(), now: () => now });
  await sleeper.signIn(server.username, server.password);
  const { link: other } = await openSession(client);
  const listener = new Listener(new SessionLink({ client: sleeper, session: other.session, now: () => now }));
  const screen = new Screen(listener);
  listener.link.open();
  await listener.status('live');
  await screen.run('x <- 1');

  freezer.freeze();
  other.input('cat("while you slept\\n")');
  now += 3 * HOUR + 12 * 60_000;
  const woke = performance.now();
  await listener.until(() => listener.output.includes('while you slept'));
  const took = performance.now() - woke;
  console.log(`back after a sleep with a silent connection: ${Math.round(took)} ms (a tick of 1 s included)`);
  expect(took).toBeLessThan(promised(3_000));
  expect(await screen.until(/while you slept\nREMOTE>/)).toMatch(
    /away 3 h 12 m\nREMOTE> cat\("while you slept\\n"\)\nwhile you slept\nREMOTE>/,
  );
  clearInterval(clock);
  listener.link.close();
  sleeper.dispose();
  await freezer.close();
});

test('a network that was away is found within two seconds of its return', async () => {
  const freezer = await Freezer.before(server.url);
  const traveller = new FarsideClient({ url: freezer.url, tokens: memoryTokenStore() });
  await traveller.signIn(server.username, server.password);
  const { link: other } = await openSession(client);
  const listener = new Listener(new SessionLink({ client: traveller, session: other.session }));
  listener.link.open();
  await listener.status('live');
  const port = Number(new URL(freezer.url).port);
  await freezer.close();
  await listener.until(() => listener.link.status.state === 'offline' && listener.link.status.attempt >= 5);
  const again = await Freezer.before(server.url, port);
  const back = performance.now();
  await listener.status('live');
  const took = performance.now() - back;
  console.log(`back after the network: ${Math.round(took)} ms`);
  expect(took).toBeLessThan(promised(2_000));
  listener.link.close();
  traveller.dispose();
  await again.close();
});

test('a revived terminal is told how long nobody looked', async () => {
  const { link: other } = await openSession(client);
  const listener = new Listener(new SessionLink({ client, session: other.session, cursor: other.cursor }));
  const screen = new Screen(listener, { lastSeen: Date.now() - 52 * HOUR });
  other.input('cat("news\\n")');
  listener.link.open();
  expect(await screen.until(/news\nREMOTE>$/)).toMatch(/^away 2 d 4 h\n/);
  listener.link.close();
});

test('a stopped client process goes on at its place when it is continued', async () => {
  const one = await openSession(client);
  const script = new URL('sleeper.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, URL: server.url, PASSWORD: server.password, SESSION: one.link.session },
  });
  const lines: { at: number; text: string }[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push({ at: performance.now(), text });
    for (const look of [...waiting]) look();
  });
  const says = (text: string, from = 0): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => void (lines.slice(from).some((line) => line.text === text) && resolve());
      waiting.add(look);
      look();
    });
  await says('live');
  one.link.input('for (i in 1:70) { cat("line", i, "\\n"); Sys.sleep(0.1) }');
  await says('line 3 ');
  child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
  const from = lines.length;
  const woke = performance.now();
  child.kill('SIGCONT');
  await says('live', from);
  const took = performance.now() - woke;
  console.log(`live again after SIGCONT: ${Math.round(took)} ms`);
  expect(took).toBeLessThan(promised(2_000));
  await says('line 70 ');
  const numbers = lines.filter(({ text }) => text.startsWith('line')).map(({ text }) => text.trim());
  expect(numbers).toEqual(Array.from({ length: 70 }, (_, i) => `line ${i + 1}`));
  child.kill('SIGKILL');
});
