import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {

  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeRecord, endFrame, fromUtf8, interruptFrame, readTombstone, recordLength, RecordType } from '@farside/protocol';
import { JournalReader } from '../../../../server/src/compute/journal/reader.ts';
import { folder } from './disk.ts';
import type { Worker } from './driver.ts';
import { readJournal } from './journal.ts';
import { worker } from './library.ts';

const MIB = 1024 * 1024;
const HOUR = 3600;

const until = async (test: () => boolean): Promise<void> => {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 10));
};

test('a control socket that a cleaner removed is there again, and those who are connected stay', async () => {
  const w = await worker();
  const socket = join(w.dir, 'ctl.sock');
  unlinkSync(socket);
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
  await until(() => existsSync(socket));
  (await w.open()).destroy();
  // Something else under its name is no socket of ours either.
  unlinkSync(socket);
  writeFileSync(socket, '');
  await until(() => statSync(socket).isSocket());
  (await w.open()).destroy();
  expect(await w.run('2 + 2')).toBe('[1] 4\n');
});

const CLOCK = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long offset(void) {
  long seconds = 0;
  FILE *f = fopen(getenv("TEST_CLOCK"), "re");
  if (f) { if (fscanf(f, "%ld", &seconds) != 1) seconds = 0; fclose(f); }
  return seconds;
}
int clock_gettime(clockid_t id, struct timespec *t) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(id, t);
  if (id == CLOCK_REALTIME) t->tv_sec += offset();
  return result;
}
`;

/** A worker whose wall clock is the machine's and so many seconds; the steady clock is left alone. */
async function withClock(): Promise<{ w: Worker; jump: (seconds: number) => void }> {
  const dir = folder();
  const [source, library, file] = ['clock.c', 'clock.so', 'offset'].map((name) => join(dir, name)) as [string, string, string];
  writeFileSync(source, CLOCK);
  writeFileSync(file, '0');
  execFileSync('gcc', ['-shared', '-fPIC', '-o', library, source]);
  const w = await worker({ LD_PRELOAD: library, TEST_CLOCK: file });
  return { w, jump: (seconds) => writeFileSync(file, String(seconds)) };
}

test('the wall clock may jump by hours: order, prompts, interrupts, calls and the end do not wait for it', async () => {
  const { w, jump } = await withClock();
  const at = w.head();
  w.input('for (i in 1:20000) cat(i, "\\n", sep = "")');
  await w.until(() => w.output(at).includes('\n1000\n'));
  jump(-5 * HOUR);
  await w.until(() => w.output(at).includes('\n5000\n'));
  jump(7 * HOUR);
  await w.until(() => w.output(at).endsWith('\n20000\n'));
  expect(w.output(at)).toBe(Array.from({ length: 20000 }, (_, i) => `${i + 1}\n`).join(''));
  await w.prompt(w.head() - 1);
  jump(-9 * HOUR);
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
  const before = w.head();
  w.input('cat("on\\n"); repeat {}');
  await w.until(() => w.output(before).includes('on'));
  jump(4 * HOUR);
  expect((await w.call('1', 200)).text).toContain('busy');
  w.send(interruptFrame(1));
  await w.until(() => w.records.find((r) => r.seq > before && r.type === RecordType.prompt));
  const records = readJournal(w.dir);
  const times = records.map((r) => r.time / 1e6);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(11 * HOUR);
  const seqs = records.map((r) => r.seq);
  expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  w.input('.Call(farside:::farside_test_spin, 1000)');
  const exit = once(w.process, 'exit');
  w.send(endFrame(300));
  jump(-20 * HOUR);
  await exit;
  expect((await w.final()).cause).toBe('asked');
});

/** Segments of 1 MiB, four at least, each with prompts in it. */
async function longJournal(): Promise<{ dir: string; names: string[] }> {
  const w = await worker({ FARSIDE_JOURNAL_BYTES: String(8 * MIB) });
  await w.run('x <- strrep("y", 99999)');
  for (let i = 0; i < 45; i++) await w.run('cat(x, "\\n")');
  const dir = folder();
  const names = readdirSync(join(w.dir, 'journal')).sort();
  for (const name of names) copyFileSync(join(w.dir, 'journal', name), join(dir, name));
  expect(names.length).toBeGreaterThan(3);
  return { dir, names };
}

interface Stretch {
  readonly seqs: number[];
  readonly lost: [number, number][];
}

async function readThrough(dir: string): Promise<Stretch> {
  const reader = new JournalReader(dir, 0);
  const seen: Stretch = { seqs: [], lost: [] };
  for (let run = await reader.read(); run; run = await reader.read()) {
    for (let at = 0; at < run.length; at += recordLength(run, at) ?? run.length) {
      const record = decodeRecord(run, at);
      const stone = record.type === 'T' ? readTombstone(record.payload) : undefined;
      if (stone) expect(stone.reason).toBe('damage');
      if (stone) seen.lost.push([stone.from, stone.to]);
      else seen.seqs.push(record.seq);
    }
  }
  await reader.close();
  return seen;
}

test('a journal damaged in the middle: what is lost is named, what is before and behind it is whole', async () => {
  const { dir, names } = await longJournal();
  const whole = (await readThrough(dir)).seqs;
  const [, second = '', third = ''] = names;
  const kept = new Map(names.map((name) => [name, readFileSync(join(dir, name))]));
  const damage: [string, () => void][] = [
    ['bytes flipped', () => flip(join(dir, second), 300_000, 40)],
    ['a hole of zeros', () => flip(join(dir, second), 500_000, 5000, 0)],
    ['cut off', () => cut(join(dir, second), 400_000)],
    ['emptied', () => cut(join(dir, second), 0)],
    ['gone', () => unlinkSync(join(dir, second))],
    ['two gone', () => [second, third].forEach((name) => unlinkSync(join(dir, name)))],
  ];
  for (const [what, harm] of damage) {
    harm();
    const { seqs, lost } = await readThrough(dir);
    const named = whole.filter((seq) => lost.some(([from, to]) => seq >= from && seq <= to));
    expect([what, lost.length > 0]).toEqual([what, true]);
    expect([what, [...seqs, ...named].sort((a, b) => a - b)]).toEqual([what, whole]);
    expect(Math.min(...named)).toBeGreaterThanOrEqual(Number.parseInt(second, 16));
    expect(Math.max(...named)).toBeLessThan(Number.parseInt(names[3] ?? '', 16));
    for (const [name, bytes] of kept) writeFileSync(join(dir, name), bytes);
  }
});

function flip(path: string, at: number, bytes: number, value = 0xa5): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes, value), 0, bytes, at);
  closeSync(file);
}

function cut(path: string, size: number): void {
  const file = openSync(path, 'r+');
  ftruncateSync(file, size);
  closeSync(file);
}

test('a file larger than allowed (RLIMIT_FSIZE) is like a full disk: R goes on, the loss is named', async () => {
  const w = await worker();
  // Of the process, while it runs: half a segment.
  execFileSync('prlimit', ['--pid', String(w.process.pid), `--fsize=${8 * MIB}:unlimited`]);
  const at = w.head();
  await w.run('x <- strrep("z", 99999)');
  w.input('for (i in 1:120) cat(x, "\\n"); cat("printed\\n")');
  const asked = w.input('invisible(1)');
  await until(() => statSync(join(w.dir, 'journal', '0000000000000001')).size > 7.9 * MIB);
  execFileSync('prlimit', ['--pid', String(w.process.pid), '--fsize=unlimited:unlimited']);
  await w.until(() => w.records.find((r) => r.seq > at && r.type === RecordType.tombstone));
  await w.until(() => w.records.findLast((r) => r.type === 'I' && r.aux === 1 && r.payload[8] === asked));
  expect(await w.run('1 + 1')).toContain('[1] 2\n');
  const stones = readJournal(w.dir).flatMap((r) => (r.type === 'T' ? [JSON.parse(fromUtf8(r.payload)) as { bytes: number; reason: string }] : []));
  expect(stones.every(({ reason }) => reason === 'disk full')).toBe(true);
  const lost = stones.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(w.output(at).length + lost).toBe(120 * 100_001 + 'printed\n'.length + '[1] 2\n'.length);
});


const NOBODY = 65534;

/** A PATH whose `R` runs as nobody, who may read everything but not write everywhere. */
function rAsNobody(chown: string): string {
  const dir = folder();
  chmodSync(dir, 0o755);
  const r = execFileSync('sh', ['-c', 'command -v R'], { encoding: 'utf8' }).trim();
  const caps = '--inh-caps=+dac_read_search --ambient-caps=+dac_read_search';
  const script = `#!/bin/sh
chown ${NOBODY} ${chown} || exit 9
exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups ${caps} ${r} "$@"
`;
  writeFileSync(join(dir, 'R'), script, { mode: 0o755 });
  return `${dir}${delimiter}${process.env['PATH'] ?? ''}`;
}

const isRoot = process.getuid?.() === 0;

test.runIf(isRoot)('a session directory that can not be written is a clear reason not to start', async () => {
  const path = rAsNobody('"$FARSIDE_SESSION_DIR/work"');
  await expect(worker({ PATH: path })).rejects.toThrow(
    /The worker can not start: the journal can not be opened in .*: Permission denied/,
  );
});

test.runIf(isRoot)('a journal that can not be written any more: R goes on, and writes when it can', async () => {
  const w = await worker({
    PATH: rAsNobody('"$FARSIDE_SESSION_DIR" "$FARSIDE_SESSION_DIR/work"'),
    FARSIDE_JOURNAL_BYTES: String(MIB),
  });
  const journal = join(w.dir, 'journal');
  const done = join(w.dir, 'work', 'done');
  chownSync(journal, 0, 0);
  const at = w.head();
  w.input('x <- strrep("z", 99999); for (i in 1:20) cat(x, "\\n"); cat("yes", file = "done")');
  await until(() => existsSync(done) && statSync(done).size === 3);
  expect(w.output(at).length).toBeLessThan(20 * 100_000);
  chownSync(journal, NOBODY, NOBODY);
  await w.until(() => w.records.find((r) => r.seq > at && r.type === RecordType.tombstone));
  await w.until(() => w.records.at(-1)?.type === RecordType.prompt);
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});
