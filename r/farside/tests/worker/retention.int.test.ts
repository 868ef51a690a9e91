import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AttachMode, decodeRecord, fromUtf8, readTombstone, recordLength, type JournalRecord } from '@farside/protocol';
import { JournalFollower, type RecordSink } from '../../../../server/src/compute/journal/follower.ts';
import { JournalReader } from '../../../../server/src/compute/journal/reader.ts';
import { RecordSplitter } from '../../../../server/src/compute/worker/splitter.ts';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

const MIB = 1024 * 1024;
const OUTPUT = 'oecd';
/** Lines of 100 bytes, ten at a time for each input; the long form writes a GB. */
const LINES = process.env['FARSIDE_LONG'] ? 9_000_000 : 150_000;
const INPUTS = 60;
const KILLS = process.env['FARSIDE_LONG'] ? 200 : 8;
const LINE_BYTES = 100;

const line = (i: number): string => `${String(i).padStart(9, '0')} ${'x'.repeat(LINE_BYTES - 11)}\n`;
const journal = (w: Worker): string => join(w.dir, 'journal');
const sizes = (w: Worker): number[] =>
  readdirSync(journal(w)).map((name) => statSync(join(journal(w), name), { throwIfNoEntry: false })?.size ?? 0);
const total = (w: Worker): number => sizes(w).reduce((a, b) => a + b, 0);

/** A generator whose seed a failure names. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** Reads on from a cursor, as a client attached to a compute node does from the files. */
class Follower {
  readonly records: JournalRecord[] = [];
  readonly #reader: JournalReader;
  cursor: number;
  constructor(w: Worker, cursor: number) {
    this.cursor = cursor;
    this.#reader = new JournalReader(journal(w), cursor);
  }

  /** Checks what comes: without a gap, and nothing called damaged. Output is not kept. */
  async read(): Promise<boolean> {
    const run = await this.#reader.read();
    for (let at = 0; run && at < run.length; at += recordLength(run, at) ?? run.length) {
      const record = decodeRecord(run, at);
      const stone = record.type === 'T' ? readTombstone(record.payload) : undefined;
      if (stone && stone.reason !== 'retention') throw new Error(JSON.stringify(stone));
      if ((stone?.from ?? record.seq) > this.cursor + 1 || record.seq <= this.cursor)
        throw new Error(`record ${record.seq} behind ${this.cursor}`);
      this.cursor = record.seq;
      this.records.push({ ...record, payload: Uint8Array.from(record.payload) });
    }
    return run !== undefined;
  }

  async toEnd(): Promise<void> {
    while (await this.read());
  }
  close(): Promise<void> {
    return this.#reader.close();
  }
}

/** Where a text with a number in it stands among all lines. */
function placeOf(text: string): number {
  const found = /(\d{9}) x/.exec(text);
  if (!found) throw new Error('no line number');
  return (Number(found[1]) - 1) * LINE_BYTES - found.index;
}

/**
 * Every byte of the numbered lines is there once, or inside exactly one tombstone; gives the number of bytes. A
 * tombstone that begins before what the reader had already counts those bytes too: behind it the numbers tell the place.
 */
function checkOutput(records: readonly JournalRecord[]): number {
  let [offset, cursor, unsure] = [0, 0, false];
  for (const record of records) {
    const stone = record.type === 'T' ? readTombstone(record.payload) : undefined;
    if (stone && stone.from <= cursor) unsure = true;
    else if (stone) offset += stone.bytes;
    cursor = record.seq;
    if (!OUTPUT.includes(record.type)) continue;
    const text = fromUtf8(record.payload);
    const place = unsure ? placeOf(text) : offset;
    if (place < offset) throw new Error(`bytes ${place} to ${offset} came twice`);
    [offset, unsure] = [place, false];
    const first = Math.floor(offset / LINE_BYTES) + 1;
    const last = Math.ceil((offset + text.length) / LINE_BYTES);
    let wanted = '';
    for (let i = first; i <= last; i++) wanted += line(i);
    const skip = offset % LINE_BYTES;
    if (text !== wanted.slice(skip, skip + text.length)) throw new Error(`wrong text at byte ${offset}`);
    offset += text.length;
  }
  return offset;
}

const isControl = (r: JournalRecord): boolean => !OUTPUT.includes(r.type) && r.type !== 'T';
const brief = (records: readonly JournalRecord[]): string[] =>
  records.filter(isControl).map((r) => `${r.seq} ${r.type} ${r.flag} ${Buffer.from(r.payload).toString('hex')}`);

/** A worker whose prompts, inputs and state a control reader keeps in memory while R prints. */
async function controlled(bound: number): Promise<Worker> {
  const w = await worker({ FARSIDE_JOURNAL_BYTES: String(bound) });
  w.detach();
  await w.attach(AttachMode.control);
  return w;
}

/** One that prints numbered lines, with prompts and inputs in between. */
async function printing(bound: number, lines = LINES): Promise<Worker> {
  const w = await controlled(bound);
  const each = lines / INPUTS;
  await w.run('show <- function(a, b) for (i in seq(a, b, 10)) cat(sprintf("%09d %s\\n", i:(i + 9), pad), sep = "")');
  await w.run(`pad <- strrep("x", ${LINE_BYTES - 11})`);
  for (let i = 0; i < INPUTS; i++) {
    w.input(`show(${i * each + 1}, ${(i + 1) * each})`);
    if (i % 5 === 0) w.input(`x <- readline("more ${i}? ")\nyes`);
  }
  return w;
}

/** Looks at the journal from random cursors at random speeds until R is done or dead. */
async function readAtRandom(w: Worker, rnd: () => number, over: () => boolean): Promise<number> {
  let seen = 0;
  const truth = new Follower(w, 0);
  const others: Follower[] = [];
  while (!over()) {
    if (rnd() < 0.3) others.push(new Follower(w, Math.floor(rnd() * w.head())));
    for (const one of [truth, ...others]) for (let n = rnd() * 8; n > 1; n--) await one.read();
    if (others.length > 6) await others.shift()?.close();
    await new Promise((resolve) => setImmediate(resolve));
    seen++;
  }
  for (const one of [truth, ...others]) {
    await one.toEnd();
    await one.close();
  }
  checkOutput(truth.records);
  for (const one of others) {
    const from = one.records[0]?.seq ?? 0;
    expect(brief(one.records)).toEqual(brief(truth.records.filter((r) => r.seq >= from)));
  }
  return seen;
}

test.each([1, 2, 4])('within %i MiB only output goes, and what went is named', async (mib) => {
  const w = await printing(mib * MIB);
  const rnd = random(mib);
  let [done, most, files] = [false, 0, 0];
  const end = w
    .until(() => w.records.filter((r) => r.type === 'I' && r.aux === 1).length >= 2 + INPUTS + INPUTS / 5)
    .then(() => w.until(() => w.records.at(-1)?.type === 'P'))
    .then(() => (done = true));
  await readAtRandom(w, rnd, () => {
    most = Math.max(most, total(w));
    files = Math.max(files, sizes(w).length);
    return done;
  });
  await end;
  const all = new Follower(w, 0);
  await all.toEnd();
  await all.close();
  expect(checkOutput(all.records)).toBe(LINES * LINE_BYTES);
  expect(brief(all.records).slice(-w.records.length)).toEqual(brief(w.records).slice(-w.records.length));
  expect(all.records.filter((r) => r.type === 'T').length).toBeLessThan(w.records.length);
  await expect.poll(() => total(w), { timeout: 60_000 }).toBeLessThan(mib * MIB);
  // What R prints while the helper waits for a processor: a segment or two, more on a crowded machine.
  expect(most).toBeLessThan((mib + 8) * MIB);
  expect(files).toBeLessThan(80);
  expect(sizes(w).length).toBeLessThan(16);
});

test('a SIGKILL at any moment leaves a journal that reads the same', async () => {
  for (let round = 0; round < KILLS; round++) {
    const w = await printing(MIB, 6000 * INPUTS);
    const rnd = random(100 + round);
    const gone = once(w.process, 'exit');
    const until = 2 * MIB + rnd() * 3 * MIB;
    const watcher = new Follower(w, 0);
    await w.until(() => w.head() > 30);
    for (let written = 0; written < until; written = checkOutput(watcher.records)) {
      await watcher.read();
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.kill(-(w.process.pid ?? 0), 'SIGKILL');
    await gone;
    await watcher.close();
    const all = new Follower(w, 0);
    await all.toEnd();
    await all.close();
    expect(checkOutput(all.records)).toBeGreaterThan(until);
    const known = brief(w.records);
    expect(brief(all.records).slice(0, known.length + 2)).toEqual(expect.arrayContaining(known));
    await w.stop();
  }
});

test('a reader that stopped gets the tombstone from the files, not silence', async () => {
  const w = await controlled(MIB);
  const slow = new Follower(w, 0);
  await slow.read();
  const cursor = slow.cursor;
  await w.run('x <- strrep("x", 99999); for (i in 1:100) cat(x, "\\n", sep = "")');
  await slow.toEnd();
  await slow.close();
  const stone = slow.records.find((r) => r.type === 'T' && r.seq > cursor);
  expect(readTombstone(stone?.payload ?? new Uint8Array())).toMatchObject({ reason: 'retention' });
  expect(slow.cursor).toBe(w.head());
});

/** Takes records as an attached client does, as slowly as it likes, and checks that there is neither gap nor damage. */
class SlowSink implements RecordSink {
  cursor = 0;
  stones = 0;
  readonly #splitter = new RecordSplitter();
  readonly #pause: () => number;
  constructor(pause: () => number) {
    this.#pause = pause;
  }

  records(bytes: Buffer): void {
    this.#splitter.push(bytes);
    for (let raw = this.#splitter.next(); raw; raw = this.#splitter.next()) {
      const { seq, type, payload } = decodeRecord(Buffer.concat(raw.parts), 0);
      const stone = type === 'T' ? readTombstone(payload) : undefined;
      if (stone?.reason === 'damage') throw new Error(JSON.stringify(stone));
      if (stone) this.stones++;
      if ((stone?.from ?? seq) > this.cursor + 1 || seq <= this.cursor) throw new Error(`${seq} behind ${this.cursor}`);
      this.cursor = seq;
    }
  }
  transient(): void {}
  flush(): Promise<void> | undefined {
    const ms = this.#pause();
    return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;
  }
}

test.each([0, 2, 20])('a reader that is attached and takes up to %i ms a time gets tombstones, never silence', async (ms) => {
  const w = await controlled(2 * MIB);
  const rnd = random(ms);
  const sink = new SlowSink(() => Math.floor(rnd() * rnd() * (ms + 1)));
  const follower = new JournalFollower(journal(w), AttachMode.all, 0, sink);
  const socket = await w.open();
  const followed = follower.live(socket);
  await w.run(`pad <- strrep("x", ${LINE_BYTES})`);
  for (let i = 0; i < 20; i++) w.input(`for (i in 1:20) { cat(rep(pad, ${50 * (1 + (i % 3) * 20)})); cat("\\n") }`);
  const all = (): boolean => w.records.filter((r) => r.type === 'I' && r.aux === 1).length >= 21;
  await w.until(() => all() && w.records.at(-1)?.type === 'P');
  while (sink.cursor < w.head()) await new Promise((resolve) => setTimeout(resolve, 5));
  socket.destroy();
  await followed;
  await follower.close();
  if (ms === 20) expect(sink.stones).toBeGreaterThan(0);
});
