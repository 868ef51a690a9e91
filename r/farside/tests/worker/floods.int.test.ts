import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attachFrame, AttachMode, interruptFrame, RecordType } from '@farside/protocol';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

const LONG = process.env['FARSIDE_LONG'] !== undefined;
const MIB = 1024 * 1024;
/** The goal, which a crowded machine need not reach in the short form. */
const SOON_MS = LONG ? 1000 : 10_000;
const PRINTED = (LONG ? 2000 : 200) * MIB;
const PLOTS = LONG ? 10_000 : 500;
const GROWTH = 64 * MIB;

const memory = (w: Worker): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${w.process.pid}/status`, 'utf8'))?.[1]) * 1024;

/** Bytes of all records so far; the journal is the only witness that does not slow a flood down. */
const written = (w: Worker): number => {
  const dir = join(w.dir, 'journal');
  return readdirSync(dir).reduce((sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0), 0);
};

/** A worker with a reader that takes everything and keeps nothing, beside the driver that sees only what is no output. */
async function flooded(env: NodeJS.ProcessEnv = {}): Promise<Worker> {
  const w = await worker({ FARSIDE_JOURNAL_BYTES: String(8192 * MIB), ...env });
  w.detach();
  await w.attach(AttachMode.control);
  const sink = await w.open();
  sink.on('error', () => {});
  sink.resume();
  sink.write(attachFrame(AttachMode.all, 3));
  return w;
}

/** Runs code that floods, interrupts it when `enough`, and gives ms to the prompt and from there to the next line read. */
async function interrupted(w: Worker, code: string, enough: () => boolean): Promise<[number, number]> {
  const at = w.head();
  w.input(code);
  await w.until(() => w.records.find((r) => r.seq > at && r.type === RecordType.consumed));
  while (!enough()) await new Promise((resolve) => setTimeout(resolve, 5));
  const sent = performance.now();
  w.send(interruptFrame(1));
  await w.prompt(at);
  const prompted = performance.now();
  const before = w.head();
  w.input('invisible(1)');
  await w.until(() => w.records.find((r) => r.seq > before && r.type === RecordType.consumed));
  return [prompted - sent, performance.now() - prompted];
}

const more = (w: Worker, bytes: number): (() => boolean) => {
  const from = written(w);
  return () => written(w) - from >= bytes;
};

const floods: [string, string, (w: Worker) => () => boolean][] = [
  ['one letter at a time', 'while (TRUE) cat("x")', (w) => more(w, 256 * 1024)],
  ['short lines', 'i <- 0; repeat { i <- i + 1; print(i) }', (w) => more(w, MIB)],
  ['messages', 'repeat message("to the standard error")', (w) => more(w, MIB)],
  ['long texts', 'x <- strrep("y", 1e6); repeat cat(x)', (w) => more(w, PRINTED)],
  ['a child with 100,000 short lines', 'system("seq -f \'line %.0f\' 1 100000; exec sleep 1000")', (w) => more(w, MIB)],
  ['a child that never stops', 'system("yes")', (w) => more(w, 32 * MIB)],
  ['children that ignore the reader', 'system("yes & yes & yes")', (w) => more(w, 32 * MIB)],
];

test.each(floods)('%s: an interrupt ends it, and R takes input', async (what, code, enough) => {
  const w = await flooded();
  const before = memory(w);
  const [ended, read] = await interrupted(w, code, enough(w));
  if (LONG) console.log(what, { ended, read, grown: (memory(w) - before) / MIB });
  expect(ended).toBeLessThan(SOON_MS);
  expect(read).toBeLessThan(SOON_MS);
  expect(memory(w) - before).toBeLessThan(GROWTH);
});

test(`a plot in a loop of ${PLOTS}`, async () => {
  const w = await flooded({ FARSIDE_PLOT_BYTES: String(4 * MIB) });
  await w.run('plot(1)');
  const before = memory(w);
  const plots = (): number => w.records.filter((r) => r.type === RecordType.plot).length;
  const [ended, read] = await interrupted(w, 'repeat plot(runif(100))', () => plots() > PLOTS);
  if (LONG) console.log('plots', { ended, read, grown: (memory(w) - before) / MIB });
  expect(ended).toBeLessThan(SOON_MS);
  expect(read).toBeLessThan(SOON_MS);
  expect(memory(w) - before).toBeLessThan(GROWTH);
});
