import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { endFrame, eofFrame, RecordType } from '@farside/protocol';
import { worker } from './library.ts';

/** A zombie that nobody has waited for yet does not run. */
function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'));
}

const CYCLES = process.env['FARSIDE_LONG'] ? 500 : 50;

/** A hang guard for one start and exit. */
const CYCLE_MS = 5000;

test(
  `${CYCLES} sessions end in every ordinary way without hanging`,
  { timeout: CYCLES * CYCLE_MS },
  async () => {
    const ways = [
      'q()',
      'quit(status = 3)',
      'q("no")',
      '.Last <- function() cat("last words\\n"); q()',
      'system("sleep 1000 &"); q()',
      'reg.finalizer(globalenv(), function(e) cat("finalizer\\n"), onexit = TRUE); q()',
      'eof',
      'end',
    ];
    for (let i = 0; i < CYCLES; i++) {
      const way = ways[i % ways.length] ?? 'q()';
      const w = await worker();
      const exit = once(w.process, 'exit');
      if (way === 'eof') w.send(eofFrame());
      else if (way === 'end') w.send(endFrame(5000));
      else w.input(way);
      const [code] = (await exit) as [number | null];
      expect([way, code]).toEqual([way, way.includes('status = 3') ? 3 : 0]);
      const final = await w.final();
      expect(final.cause).toBe(way === 'eof' ? 'eof' : way === 'end' ? 'asked' : 'quit');
      if (way.includes('last words')) expect(w.output()).toContain('last words');
      if (way.includes('finalizer')) expect(w.output()).toContain('finalizer');
      await w.stop();
    }
  },
);

test('a busy R is ended after its grace, also in C code that never looks', async () => {
  for (const code of ['repeat {}', '.Call(farside:::farside_test_spin, 1000)']) {
    const w = await worker();
    const at = w.head();
    w.input(`cat("running\\n"); ${code}`);
    await w.until(() => w.output(at).includes('running'));
    const exit = once(w.process, 'exit');
    w.send(endFrame(300));
    await exit;
    expect((await w.final()).cause).toBe('asked');
  }
});

test.each(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT'])(
  '%s: cause and calls are journaled, R ends',
  async (signal) => {
    const w = await worker();
    const number = { SIGSEGV: 11, SIGBUS: 7, SIGILL: 4, SIGFPE: 8, SIGABRT: 6 }[signal];
    await w.run(
      `inner <- function() .Call(farside:::farside_test_signal, ${number}L); outer <- function() inner()`,
    );
    w.input('outer()');
    const exit = once(w.process, 'exit');
    const final = await w.final();
    expect(final).toMatchObject({ cause: 'crash', signal });
    expect(final.calls).toEqual(['inner()', 'outer()']);
    await exit;
    expect(w.process.signalCode).toBe(signal);
    expect(w.output()).not.toContain('Possible actions');
  },
);

test('endless recursion is R’s own error, not an end', async () => {
  const w = await worker();
  expect(await w.run('f <- function() f(); f()')).toMatch(/infinite recursion|C stack usage/);
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});

test('asked to end the moment its prompt is there, R prints what it prints at an end, and no more', async () => {
  for (let i = 0; i < 15; i++) {
    const w = await worker();
    const exit = once(w.process, 'exit');
    const at = w.head();
    w.input('stop("no")');
    const { seq } = await w.prompt(at);
    w.send(endFrame(5000));
    await exit;
    await w.final();
    const types = w.records.filter((r) => r.seq > seq).map((r) => r.type);
    expect(types).toEqual([RecordType.ending, RecordType.stdout, RecordType.final]);
    expect(w.output(seq)).toBe('\n');
    await w.stop();
  }
});

test('SIGTERM ends in order, children with it', async () => {
  const w = await worker();
  const child = Number(await w.run('system("sleep 987 & echo $!")'));
  const exit = once(w.process, 'exit');
  process.kill(w.process.pid ?? 0, 'SIGTERM');
  await exit;
  expect((await w.final()).cause).toBe('terminated');
  await vi.waitFor(() => expect(isRunning(child)).toBe(false), { timeout: 10_000 });
});

test('unread inputs are discarded when the session ends', async () => {
  const w = await worker();
  w.input('Sys.sleep(0.05); q()\n1 + 1');
  await w.final();
  expect(w.records.some((r) => r.type === RecordType.discarded)).toBe(true);
});
