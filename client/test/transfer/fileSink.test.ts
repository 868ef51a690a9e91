import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FileSink } from '../../src/transfer/fileSink.ts';

const MIB = 1024 ** 2;
const dir = mkdtempSync(join(tmpdir(), 'farside-sink-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function fill(sink: FileSink, content: Buffer, part: number): Promise<void> {
  for (let at = 0; at < content.length; at += part) await sink.take(content.subarray(at, at + part));
}

test.each([1000, 65_536, MIB, 3 * MIB + 1])('parts of %i bytes are written in order', async (part) => {
  const content = randomBytes(7 * MIB + 13);
  const path = join(dir, `parts-${part}`);
  const file = await open(path, 'w');
  const sink = new FileSink(file, 0);
  await fill(sink, content, part);
  await sink.end();
  await file.close();
  expect(readFileSync(path).equals(content)).toBe(true);
});

test('it goes on behind what is there', async () => {
  const path = join(dir, 'on');
  const file = await open(path, 'w');
  await file.write('begun ');
  const sink = new FileSink(file, 6);
  await sink.take(Buffer.from('and ended'));
  await sink.end();
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe('begun and ended');
});

test('what is written in part is written to its end', async () => {
  const path = join(dir, 'partly');
  const file = await open(path, 'w');
  const partly = {
    writev: (parts: Buffer[], at: number) => file.write(parts[0] ?? Buffer.of(), 0, 1000, at),
    write: (bytes: Buffer, from: number, size: number, at: number) =>
      file.write(bytes, from, Math.min(size, 100_000), at),
  } as unknown as FileHandle;
  const content = randomBytes(3 * MIB);
  const sink = new FileSink(partly, 0);
  await fill(sink, content, 65_536);
  await sink.end();
  await file.close();
  expect(readFileSync(path).equals(content)).toBe(true);
});

test('a write that fails is told, and nothing stands behind it', async () => {
  const path = join(dir, 'full');
  const file = await open(path, 'w');
  let room = 2 * MIB;
  const full = {
    writev: (parts: Buffer[], at: number) => {
      room -= MIB;
      return room < 0 ? Promise.reject(new Error('no space')) : file.writev(parts, at);
    },
  } as unknown as FileHandle;
  const sink = new FileSink(full, 0);
  await expect(fill(sink, randomBytes(20 * MIB), 65_536).then(() => sink.end())).rejects.toThrow('no space');
  room = 100 * MIB;
  await expect(sink.end()).rejects.toThrow('no space');
  await file.close();
  expect(statSync(path).size).toBe(2 * MIB);
});
