import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  fromUtf8,
  inputFrame,
  interruptFrame,
  readInputId,
  readTombstone,
  RecordType,
  TransientType,
  type JournalRecord,
} from '@farside/protocol';
import { fillDisk, smallDisk, workerOn } from './disk.ts';
import type { Worker } from './driver.ts';
import { readJournal } from './journal.ts';
import { worker } from './library.ts';

const MIB = 1024 * 1024;
const about = (r: JournalRecord, counter: number): boolean =>
  r.payload.length >= 12 && readInputId(r.payload).counter === counter;

/** What the journal says about an input, in order. */
const fate = (w: Worker, counter: number): string =>
  readJournal(w.dir)
    .filter((r) => 'AID'.includes(r.type) && about(r, counter))
    .map((r) => r.type + (r.type === RecordType.consumed ? r.aux : ''))
    .join(' ');

const answer = (w: Worker, counter: number, times = 1): Promise<string> =>
  w.until(() => {
    const found = w.transients.filter((r) => 'an'.includes(r.type) && about(r, counter))[times - 1];
    return found && (found.type === TransientType.ack ? `ack ${found.aux}` : fromUtf8(found.payload.subarray(12)));
  });

test('after an error R reads on, as from a terminal: each line is decided', async () => {
  const w = await worker();
  const counter = w.input('stop("no")\ncat("went", "on\\n")');
  await w.until(() => w.output().includes('went on'));
  await w.prompt(w.head() - 1);
  expect(fate(w, counter)).toBe('A I0 I1');
});

test('an interrupt discards the unread lines of an input that was begun, and those behind it', async () => {
  const w = await worker();
  const begun = w.input('cat("running\\n"); Sys.sleep(1000)\ncat("never\\n")');
  await w.until(() => w.output().includes('running'));
  const behind = w.input('cat("never\\n")');
  w.send(interruptFrame(1));
  await w.until(() => w.records.find((r) => r.type === RecordType.discarded && about(r, behind)));
  await w.prompt(w.head() - 1);
  expect(fate(w, begun)).toBe('A I0 D');
  expect(fate(w, behind)).toBe('A D');
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
  expect(w.output()).not.toContain('never');
});

test('a resend never runs twice, however many clients came meanwhile', async () => {
  const w = await worker();
  await w.run('n <- 0');
  const counter = w.input('n <- n + 1');
  await answer(w, counter);
  const others = Buffer.concat(
    Array.from({ length: 3000 }, (_, i) =>
      inputFrame({ client: BigInt(i + 1) << 32n, counter: 1, flag: 0, display: '', text: 'm <- 1\n' }),
    ),
  );
  w.send(others);
  const last = (r: JournalRecord): boolean => readInputId(r.payload).client === 3000n << 32n;
  await w.until(() => w.records.find((r) => r.type === RecordType.consumed && last(r)));
  w.input('n <- n + 1', { counter });
  await w.until(() => w.transients.find((r) => r.type === TransientType.ack && r.aux === 1));
  expect(await w.run('n')).toBe('[1] 1\n');
});

test('while the disk is full inputs are refused, and none is read that the journal does not have', async (context) => {
  const disk = smallDisk(2 * MIB);
  if (disk === undefined) return context.skip('mounting is not allowed here');
  const w = await workerOn(disk);
  const go = join(disk, 'go');
  w.input(`cat("busy\\n"); while (!file.exists(${JSON.stringify(go)})) Sys.sleep(0.01)`);
  await w.until(() => w.output().includes('busy'));
  const queued = w.input('cat("queued", "line\\n")');
  expect(await answer(w, queued)).toBe('ack 0');
  writeFileSync(go, ''); // takes no room
  const release = fillDisk(disk);
  // Longer than the room in the last page of the journal.
  const more = `#${'x'.repeat(4000)}\n`.repeat(3);
  const refused = w.input(`cat("refused", "line\\n")\n${more}`);
  expect(await answer(w, refused)).toBe("the server's disk is full");
  w.send(interruptFrame(1));
  const later = w.input(`cat("refused", "too\\n")\n${more}`);
  expect(await answer(w, later)).toBe("the server's disk is full");
  release();
  await w.until(() => w.records.find((r) => 'ID'.includes(r.type) && about(r, queued)));
  w.input('cat("works", "again\\n")');
  await w.until(() => w.output().includes('works again'));
  w.input('cat("refused", "line\\n")', { counter: refused });
  expect(await answer(w, refused, 2)).toBe('it was refused before');
  w.input('cat("the", "end\\n")');
  await w.until(() => w.output().includes('the end'));
  expect(w.output()).not.toMatch(/^refused/m);
  expect(fate(w, refused)).toBe('');
  expect(fate(w, queued)).toMatch(/^A (I1|D)$/);
});

test('a long input that does not fit leaves nothing half accepted', async (context) => {
  const disk = smallDisk(4 * MIB);
  if (disk === undefined) return context.skip('mounting is not allowed here');
  const w = await workerOn(disk);
  const counter = w.input(`x <- "${'y'.repeat(6 * MIB)}"`);
  expect(await answer(w, counter)).toBe("the server's disk is full");
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
  expect(fate(w, counter)).toBe('');
  expect(readJournal(w.dir).some((r) => readTombstone(r.payload))).toBe(false);
});
