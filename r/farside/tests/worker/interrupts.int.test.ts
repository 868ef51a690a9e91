import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CallStatus, interruptFrame, RecordType } from '@farside/protocol';
import { expect, test } from 'vitest';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

/** Sends code, interrupts once it runs, waits for the prompt, and gives how R came to it. */
async function interrupted(w: Worker, code: string, level: 1 | 2 = 1): Promise<string | undefined> {
  const at = w.head();
  w.input(`cat("running\\n"); ${code}`);
  await w.until(() => w.output(at).includes('running'));
  w.send(interruptFrame(level));
  await w.prompt(at);
  const reset = w.records.find((r) => r.seq > at && r.type === RecordType.reset);
  return reset && String.fromCharCode(reset.flag);
}

test('an interrupt ends loops, sleeps and child processes, and R goes on', async () => {
  const w = await worker();
  expect(await interrupted(w, 'repeat {}')).toBe('i');
  expect(await interrupted(w, 'Sys.sleep(1000)')).toBe('i');
  expect(await interrupted(w, 'for (i in 1:1e9) sqrt(i)')).toBe('i');
  // As in a terminal: system() itself ignores the interrupt, its child ends by it.
  expect(await interrupted(w, 'status <- system("sleep 1000")')).toBeUndefined();
  expect(await w.run('status')).toBe('[1] 2\n');
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});

test('an interrupt that R has not acted upon when system() starts is the child\'s alone', async () => {
  const w = await worker();
  const at = w.head();
  w.input(
    'suspendInterrupts({ cat("running\\n"); while (!file.exists("../go")) {}; status <- system("sleep 1000") })',
  );
  await w.until(() => w.output(at).includes('running'));
  w.send(interruptFrame(1));
  w.input('invisible("in the queue behind it")');
  await w.until(() => w.records.some((r) => r.seq > at && r.type === RecordType.accepted));
  await writeFile(join(w.dir, 'go'), '');
  await w.prompt(at);
  expect(await w.run('status')).toBe('[1] 2\n');
  expect(w.records.filter((r) => r.seq > at && r.type === RecordType.reset)).toEqual([]);
});

test('an interrupt that meets a call at a prompt leads to a new one all the same', async () => {
  const w = await worker();
  const at = w.head();
  w.input('x <- readline("? ")');
  const asked = await w.prompt(at);
  const answer = w.call('{ file.create("../begun"); repeat {} }', 60_000);
  const next = w.call('"next"', 60_000);
  await w.file('begun');
  w.send(interruptFrame(1));
  expect(await answer).toMatchObject({ status: CallStatus.error, text: 'interrupted' });
  expect((await w.prompt(asked.seq)).text).toBe('> ');
  expect(await next).toMatchObject({ status: CallStatus.ok, text: 'next' });
  const reset = w.records.find((r) => r.seq > asked.seq && r.type === RecordType.reset);
  expect(reset && String.fromCharCode(reset.flag)).toBe('i');
  // One that ran into its time limit does not.
  const head = w.head();
  expect((await w.call('repeat {}', 200)).status).toBe(CallStatus.timeout);
  expect((await w.call('1')).status).toBe(CallStatus.ok);
  expect(w.head()).toBe(head);
});

test('an interrupt that only a child had is forgotten at the next prompt', async () => {
  const w = await worker();
  await interrupted(w, 'status <- system("sleep 1000")');
  const at = w.head();
  await w.run('stop("an error")');
  const reset = w.records.find((r) => r.seq > at && r.type === RecordType.reset);
  expect(reset && String.fromCharCode(reset.flag)).toBe('e');
});

test('a stronger interrupt ends children that ignore the first', async () => {
  const w = await worker();
  await interrupted(w, 'system("trap \'\' INT; exec sleep 1000")', 2);
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});

test('an interrupt leads from readline() and menu() to the top level, and stays in browser() as R does', async () => {
  const w = await worker();
  for (const code of ['readline("? ")', 'menu(c("a", "b"))']) {
    const at = w.head();
    w.input(code);
    const asked = await w.prompt(at);
    expect(asked.kind).not.toBe('t');
    w.send(interruptFrame(1));
    expect((await w.prompt(asked.seq)).text).toBe('> ');
  }
  const at = w.head();
  w.input('(function() browser())()');
  const browsing = await w.prompt(at);
  w.send(interruptFrame(1));
  expect((await w.prompt(browsing.seq)).text).toBe('Browse[1]> ');
});

test('queued input is journaled before R reads it, and an interrupt discards it', async () => {
  const w = await worker();
  const at = w.head();
  w.input('cat("running\\n"); repeat {}');
  await w.until(() => w.output(at).includes('running'));
  const counter = w.input('cat("must not run\\n")');
  await w.until(() => w.records.filter((r) => r.seq > at && r.type === RecordType.accepted).length === 2);
  w.send(interruptFrame(1));
  await w.prompt(at);
  const discarded = w.records.filter((r) => r.seq > at && r.type === RecordType.discarded);
  expect(discarded.map((r) => r.payload[8])).toEqual([counter]);
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
  expect(w.output(at)).not.toContain('must not run');
});
