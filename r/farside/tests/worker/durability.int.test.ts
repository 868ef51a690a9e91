import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fromUtf8, Hello, RecordType } from '@farside/protocol';
import { readJournal } from './journal.ts';
import { worker } from './library.ts';

const MIB = 1024 * 1024;
const undo: (() => void)[] = [];

afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'farside-durability-'));
  undo.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A disk of `bytes` bytes; undefined where mounting is not allowed. */
function smallDisk(bytes: number): string | undefined {
  const dir = folder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir]).status !== 0) return undefined;
  undo.push(() => execFileSync('umount', ['-l', dir]));
  return dir;
}

test('a full disk does not end R; what was lost is named, and later records are whole', async (context) => {
  const disk = smallDisk(2 * MIB);
  if (disk === undefined) return context.skip('mounting is not allowed here');
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = disk;
  const w = await worker({ TMPDIR: before ?? '/tmp' }, folder());
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;

  const ballast = join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(MIB));
  const at = w.head();
  w.input(
    'done <- file.path(getwd(), "done"); for (i in 1:30) cat(strrep("x", 99999), "\\n"); cat("ok", file = done)',
  );
  w.input(
    'n <- 0; repeat { n <- n + 1; if (file.exists("gone on")) break; Sys.sleep(0.01) }; cat("alive", n > 0, "\\n")',
  );
  const workdir = Hello.parse(JSON.parse(fromUtf8(w.records[0]?.payload ?? new Uint8Array()))).workdir;
  await expect
    .poll(() => statSync(join(workdir, 'done'), { throwIfNoEntry: false })?.size, { timeout: 60_000 })
    .toBe(2);

  unlinkSync(ballast);
  writeFileSync(join(workdir, 'gone on'), '');
  await w.until(() => w.output(at).includes('alive TRUE'));
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
  const records = readJournal(w.dir);
  const cut = records.find((r) => r.type === RecordType.tombstone);
  expect(JSON.parse(fromUtf8(cut?.payload ?? new Uint8Array()))).toMatchObject({
    from: cut?.seq,
    to: cut?.seq,
  });
  expect(records.map((r) => r.seq)).toEqual(records.map((_, i) => i + 1));
  expect(fromUtf8(records.at(-1)?.payload ?? new Uint8Array())).toBe('> ');
});

test('text that R wrote right before a SIGKILL is in the journal or in the tail', async () => {
  for (let round = 0; round < 10; round++) {
    const w = await worker();
    const at = w.head();
    w.input('i <- 0; repeat { i <- i + 1; cat("line", i, "\\n") }');
    await w.until(() => w.output(at).length > 2000 * (round + 1));
    const gone = once(w.process, 'exit');
    process.kill(-(w.process.pid ?? 0), 'SIGKILL');
    await gone;
    const records = readJournal(w.dir);
    const tail = readFileSync(join(w.dir, 'tail'));
    const head = records.at(-1)?.seq ?? 0;
    const isPending = Number(tail.readBigUInt64LE(0)) > head;
    const pending = isPending ? tail.subarray(16, 16 + tail.readUInt32LE(8)) : Buffer.alloc(0);
    const text = Buffer.concat([
      ...records.filter((r) => r.type === 'o').map((r) => r.payload),
      pending,
    ]).toString();
    const lines = text.split('\n').slice(0, -1);
    expect(lines.findIndex((line, i) => line !== `line ${i + 1} `)).toBe(-1);
    expect(lines.length).toBeGreaterThan(100);
  }
});

/** A command `R` that sets a limit first, as the launcher does. */
function limitedR(kib: number): string {
  const dir = folder();
  const r = spawnSync('sh', ['-c', 'command -v R'], { encoding: 'utf8' }).stdout.trim();
  writeFileSync(join(dir, 'R'), `#!/bin/sh\nulimit -v ${kib} && exec ${r} "$@"\n`);
  chmodSync(join(dir, 'R'), 0o755);
  return `${dir}${delimiter}${process.env['PATH'] ?? ''}`;
}

test('under a memory limit R’s own allocation error keeps the session', async () => {
  const kib = 1024 * 1024;
  const w = await worker({ PATH: limitedR(kib) });
  const hello = Hello.parse(JSON.parse(fromUtf8(w.records[0]?.payload ?? new Uint8Array())));
  expect(hello.limits).toEqual({ memory: kib * 1024 });
  expect(await w.run('x <- numeric(1e9)')).toBe('Error: cannot allocate vector of size 7.5 Gb\n');
  expect(await w.run('l <- list(); for (i in 1:1000) l[[i]] <- numeric(1e6)')).toContain('cannot allocate');
  await w.run('rm(l); invisible(gc())');
  expect((await w.call('paste("still", "here")')).text).toBe('still here');
});

test('the journal goes on in a new segment at 16 MiB', async () => {
  const dir = folder();
  mkdirSync(join(dir, 'work'));
  const w = await worker();
  await w.run('x <- strrep("y", 1e6); for (i in 1:40) cat(x, "\\n")');
  const records = readJournal(w.dir);
  expect(records.map((r) => r.seq)).toEqual(records.map((_, i) => i + 1));
  const names = execFileSync('ls', [join(w.dir, 'journal')], { encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(names.length).toBe(3);
  expect(names[0]).toBe('0000000000000001');
  for (const name of names) expect(statSync(join(w.dir, 'journal', name)).size).toBeLessThanOrEqual(16 * MIB);
});
