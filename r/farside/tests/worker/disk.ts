import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** A directory that is removed after the test. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'farside-disk-'));
  undo.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A disk of `bytes` bytes, for the time of a test; undefined where mounting is not allowed. */
export function smallDisk(bytes: number): string | undefined {
  const dir = folder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir]).status !== 0) return undefined;
  undo.push(() => execFileSync('umount', ['-l', dir]));
  return dir;
}

/** Takes all the room a disk has; returns how to give it back. */
export function fillDisk(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) {
    for (;;) {
      try {
        writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
  return () => unlinkSync(ballast);
}

/** A worker whose session directory is on a disk, and nothing else of it. */
export async function workerOn(disk: string, env: NodeJS.ProcessEnv = {}): Promise<Worker> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = disk;
  try {
    return await worker({ TMPDIR: before ?? '/tmp', ...env }, folder());
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
