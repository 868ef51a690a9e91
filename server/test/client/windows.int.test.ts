import { FarsideClient, SessionLink, memoryTokenStore } from '@farside/client';
import { RecordType, decodeConsumed } from '@farside/protocol';
import { expect, test } from 'vitest';
import { Freezer } from './freezer.ts';
import { Screen } from './screen.ts';
import { Listener, openSession, serverWithClient } from './support.ts';

const at = serverWithClient();

async function windowOn(session: string, readOnly = false): Promise<Screen> {
  const listener = new Listener(new SessionLink({ client: at.client, session, readOnly }));
  const screen = new Screen(listener);
  listener.link.open();
  await listener.until(() => listener.prompts > 0);
  return screen;
}

test('two windows show the same, whoever types, and a half typed line stays', async () => {
  const { link } = await openSession(at.client);
  const [one, two] = [await windowOn(link.session), await windowOn(link.session)];
  const orders = [one, two].map(({ listener }) => {
    const lines: string[] = [];
    listener.link.onRecord(({ type, payload }) => {
      if (type === RecordType.consumed) lines.push(decodeConsumed(payload).text);
    });
    return lines;
  });
  two.console.input('half');
  for (let i = 1; i <= 20; i++) one.console.input(`cat("one", ${i}, "\\n")\r`);
  for (let i = 1; i <= 20; i++) link.input(`cat("three", ${i}, "\\n")`);
  const all = (lines: readonly string[] | undefined): boolean => lines?.length === 40;
  await one.listener.until(() => all(orders[0]));
  await two.listener.until(() => all(orders[1]));
  expect(orders[0]).toEqual(orders[1]);
  const last = await two.run('');
  expect(last).toMatch(/REMOTE> half$|half/);
  await two.listener.until(() => two.listener.link.cursor === one.listener.link.cursor);
  expect(two.listener.output).toBe(one.listener.output);
  one.listener.link.close();
  two.listener.link.close();
});

test('a window that only reads shows all and sends nothing', async () => {
  const writer = await openSession(at.client);
  const reader = await windowOn(writer.link.session, true);
  expect(await reader.until(/\(read-only\)/)).toMatch(/REMOTE>\n\(read-only\)$/);
  let left = 0;
  const other = new Screen(
    new Listener(new SessionLink({ client: at.client, session: writer.link.session, readOnly: true })),
    {
      onLeave: () => left++,
    },
  );
  other.console.input('\x03');
  expect(left).toBe(1);

  reader.console.input('cat("forbidden\\n")\r');
  await reader.until(/this window shows the session, it sends nothing/);
  writer.link.input('cat("allowed\\n")');
  await reader.until(/REMOTE> cat\("allowed\\n"\)\nallowed\nREMOTE>/);
  expect(reader.listener.output).not.toContain('forbidden');
  expect(reader.listener.refusals).toEqual([]);
  reader.listener.link.close();
});

test('the server refuses input, files, interrupts and the end of input of a link that only reads', async () => {
  const writer = await openSession(at.client);
  const reader = new Listener(
    new SessionLink({ client: at.client, session: writer.link.session, readOnly: true }),
  );
  reader.link.open();
  await reader.status('live');
  writer.link.input('Sys.sleep(0.5); cat("undisturbed\\n")');
  await writer.until(() => writer.link.unaccepted === 0);
  reader.link.interrupt(1);
  reader.link.interrupt(2);
  reader.link.input('cat("no\\n")');
  reader.link.run({ name: 'a.R', text: 'cat("no\\n")', echo: false });
  reader.link.eof();
  await reader.until(() => reader.refusals.length === 5);
  await reader.until(() => reader.output.includes('undisturbed'));
  expect(reader.refusals.every((text) => /only reads/.test(text))).toBe(true);
  expect(writer.link.status.state).toBe('live');
  reader.link.close();
});

test('an input whose acknowledgement was lost runs once', async () => {
  const freezer = await Freezer.before(at.server.url);
  const far = new FarsideClient({ url: freezer.url, tokens: memoryTokenStore() });
  await far.signIn(at.server.username, at.server.password);
  const near = await openSession(at.client);
  const one = new Listener(new SessionLink({ client: far, session: near.link.session }));
  const fates: string[] = [];
  one.link.onFate((_, fate) => fates.push(fate));
  one.link.open();
  await one.status('live');
  freezer.freeze('down');
  const id = one.link.input('cat("once\\n")');
  await near.until(() => near.output.includes('once'));
  expect([one.link.fateOf(id), fates]).toEqual(['waiting', []]);
  freezer.cut();
  await one.until(() => one.output.includes('once'));
  await one.status('live');
  one.link.input('cat("after\\n")');
  await one.until(() => one.output.includes('after'));
  expect(one.output).toBe('once\nafter\n');
  expect(one.link.fateOf(id)).toBe('read');
  one.link.close();
  far.dispose();
  await freezer.close();
});

test('lines typed without a connection are shown as not sent, and those that R never read are named', async () => {
  const freezer = await Freezer.before(at.server.url);
  const port = Number(new URL(freezer.url).port);
  const far = new FarsideClient({ url: freezer.url, tokens: memoryTokenStore() });
  await far.signIn(at.server.username, at.server.password);
  const { link } = await openSession(at.client);
  const listener = new Listener(new SessionLink({ client: far, session: link.session }));
  const one = new Screen(listener);
  listener.link.open();
  await listener.until(() => listener.prompts > 0);
  await freezer.close();
  await listener.status('offline');
  one.console.input('x <- 1; cat("sent later\\n")\r');
  await one.until(/connection lost, trying again….*\(1 input is not sent yet\)/);
  one.console.input('\x03');
  await one.until(/not connected: the interrupt was not sent/);
  const again = await Freezer.before(at.server.url, port);
  await one.until(/sent later\nREMOTE>/);
  expect(listener.output).toBe('sent later\n');

  one.console.input('{ Sys.sleep(0.3); q("no") }\r');
  one.console.input('cat("first\\n")\rcat("second\\n")\r');
  await listener.status('ended');
  expect(await one.text()).toMatch(
    /\[R ended before this was run:\]\n {2}cat\("first\\n"\)\n {2}cat\("second\\n"\)/,
  );
  far.dispose();
  await again.close();
});

test('a sign-in that expired while away: said once, and after signing in all goes on', async () => {
  await at.client
    .call('addUser', { body: { name: 'bob', password: 'first password' } })
    .catch(() => undefined);
  const own = new FarsideClient({ url: at.server.url, tokens: memoryTokenStore() });
  await own.signIn(at.server.username, at.server.password);
  const { id } = await own.call('startSession', { body: {} });
  const listener = new Listener(new SessionLink({ client: own, session: id }));
  const one = new Screen(listener);
  listener.link.open();
  await listener.until(() => listener.prompts > 0);
  await one.run('x <- 41');
  const { cursor } = listener.link;
  // Elsewhere the password is set anew: that ends all sign-ins.
  await at.client.call('setPassword', {
    params: { name: at.server.username },
    body: { password: at.server.password },
  });
  await one.until(/Your sign-in has expired\. Sign in again to go on: nothing is lost\./);
  expect(one.console.state).toEqual({ state: 'signedOut' });
  one.console.input('x + 1\r');
  await one.until(/signed out \(1 input is not sent yet\)/);
  expect(listener.link.cursor).toBe(cursor);
  await own.signIn(at.server.username, at.server.password);
  const text = await one.until(/\[1\] 42\nREMOTE>/);
  expect(text.match(/sign-in has expired/g)).toHaveLength(1);
  expect(listener.seqs).toEqual(listener.seqs.map((_, i) => i + 1));
  await at.client.signIn(at.server.username, at.server.password);
  own.dispose();
});
