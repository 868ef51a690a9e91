import { expect, test } from 'vitest';
import { runFarside } from '../support/server.ts';
import { promised } from '../support/figures.ts';
import { Screen } from './screen.ts';
import { openSession, serverWithClient, type Listener } from './support.ts';

/** Longer than a key that repeats, as a person waits. */
const BETWEEN_PRESSES_MS = 300;
const GRACE_MS = 1_000;
/** A loop in C that never asks whether it was interrupted. */
const SPIN = `
  writeLines("void spin(int *go) { volatile int *on = go; while (*on) ; }", "spin.c")
  system2(file.path(R.home("bin"), "R"), c("CMD", "SHLIB", "spin.c"), stdout = FALSE, stderr = FALSE)
  invisible(dyn.load("spin.so"))`;

const at = serverWithClient();

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, BETWEEN_PRESSES_MS));

/** The terminal as the CLI makes it: it can end R. */
async function stuckScreen(): Promise<Screen> {
  const listener = await openSession(at.client);
  const params = { id: listener.link.session };
  return new Screen(listener, {
    endR: () => at.client.call('endSession', { params, body: { saveWorkspace: true, graceMs: GRACE_MS } }),
  });
}

async function spin(one: Listener): Promise<void> {
  for (const line of SPIN.trim().split('\n')) {
    const back = one.nextPrompt();
    one.link.input(line.trim());
    await back;
  }
  one.link.input('cat("spinning\\n"); .C("spin", 1L)');
  await one.until(() => one.output.includes('spinning'));
}

test('C code that never checks: interrupt, stronger, asked, and R ends within its grace', async () => {
  const one = await stuckScreen();
  await spin(one.listener);
  one.console.input('\x03');
  await pause();
  expect(one.console.state).toEqual({ state: 'busy', interrupts: 1 });
  one.console.input('\x03');
  await one.until(/R has not stopped yet\. Interrupted again, child processes too\./);
  expect(one.console.state).toEqual({ state: 'busy', interrupts: 2 });
  await pause();
  one.console.input('\x03');
  await one.until(/End R\? Files and journal are kept/);
  const asked = Date.now();
  one.console.input('y');
  await one.listener.status('ended');
  expect(Date.now() - asked).toBeLessThan(promised(GRACE_MS + 4_000));
  expect(await one.text()).toContain('Ending R…');
  const { state } = await at.client.call('session', { params: { id: one.listener.link.session } });
  expect(state).toMatchObject({ state: 'ended', final: { cause: expect.stringMatching(/asked|killed/) } });
  const text = await at.client.call('sessionJournal', { params: { id: one.listener.link.session } });
  expect(new TextDecoder().decode(text)).toMatch(/spinning\n(.*\n)*\[.+\]\n$/);
});

test('by REST, and by the program, too', async () => {
  const [one, two] = [await openSession(at.client), await openSession(at.client)];
  await Promise.all([spin(one), spin(two)]);
  const params = { id: one.link.session };
  for (const level of [1, 2] as const) await at.client.call('interruptSession', { params, body: { level } });
  const ended = await at.client.call('endSession', {
    params,
    body: { graceMs: GRACE_MS, saveWorkspace: true },
  });
  expect(ended.state.state).toBe('ended');
  const env = {
    FARSIDE_URL: at.server.url,
    FARSIDE_USER: at.server.username,
    FARSIDE_PASSWORD: at.server.password,
  };
  const id = two.link.session;
  expect((await runFarside(['sessions', 'interrupt', id, '--strong'], { env })).status).toBe(0);
  expect((await runFarside(['sessions', 'end', id, '--force'], { env })).status).toBe(0);
  await two.status('ended');
});

test('answered with no, R goes on, and the next Ctrl-C asks again', async () => {
  const one = await stuckScreen();
  await spin(one.listener);
  for (let press = 1; press <= 3; press++) {
    one.console.input('\x03');
    await pause();
  }
  await one.until(/End R\?/);
  one.console.input('n');
  await one.until(/R goes on\./);
  expect(one.console.state).toEqual({ state: 'busy', interrupts: 2 });
  one.console.input('\x03');
  await one.until(/R goes on\.\n.*End R\?/s);
  one.console.input('y');
  await one.listener.status('ended');
});

test('at readline(), and with input typed ahead: one Ctrl-C is enough', async () => {
  const one = await stuckScreen();
  one.console.input('x <- readline("Name? ")\r');
  await one.until(/Name\?$/);
  const back = one.listener.nextPrompt();
  one.console.input('\x03');
  await back;
  one.console.input('Sys.sleep(1000)\rcat("never\\n")\r');
  await one.listener.until(() => one.listener.link.unaccepted === 0);
  const again = one.listener.nextPrompt();
  one.console.input('\x03');
  await again;
  expect(await one.run('"next"')).toMatch(/\[1\] "next"\nREMOTE>$/);
  expect(one.listener.output).not.toContain('never');
});
