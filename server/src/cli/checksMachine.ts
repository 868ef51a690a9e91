import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { run } from '../runtime/run.ts';
import type { DoctorContext, Finding } from './checks.ts';

const OLDEST_NODE = 24;
const GIB = 1024 ** 3;
/** Journals and plots of one session may take this much. */
const DISK_WARN_BYTES = 5 * GIB;
const DISK_FAIL_BYTES = GIB / 4;

export function checkNode(): Promise<Finding> {
  const major = Number(process.versions.node.split('.')[0]);
  const text = `${process.version} at ${process.execPath}`;
  if (major >= OLDEST_NODE) return Promise.resolve({ level: 'ok', text });
  return Promise.resolve({
    level: 'fail',
    text,
    mend: `Node ${OLDEST_NODE} or later is needed: npm run setup brings it.`,
  });
}

export function checkData({ dataDir }: DoctorContext): Promise<Finding | undefined> {
  if (!dataDir) return Promise.resolve(undefined);
  const place = existingParent(dataDir);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return Promise.resolve({ level: 'ok', text: `${resolve(dataDir)} is writable` });
  } catch {
    return Promise.resolve({
      level: 'fail',
      text: `${place} is not writable`,
      mend: 'Choose another with --data-dir, or change its owner and rights.',
    });
  }
}

export async function checkDisk({ dataDir }: DoctorContext): Promise<Finding> {
  const place = dataDir ? existingParent(dataDir) : tmpdir();
  const { bavail, bsize, files, ffree } = await statfs(place);
  const free = bavail * bsize;
  const text = `${(free / GIB).toFixed(1)} GiB free at ${place}`;
  const mend =
    'Free space, or choose a data directory on another disk. A session keeps up to 2 GiB of output and plots.';
  // Some file systems do not count their entries.
  if (files > 0 && ffree === 0) return { level: 'fail', text: `no room for another file at ${place}`, mend };
  if (free < DISK_FAIL_BYTES) return { level: 'fail', text, mend };
  return free < DISK_WARN_BYTES ? { level: 'warn', text, mend } : { level: 'ok', text };
}

export async function checkPort({ port }: DoctorContext): Promise<Finding> {
  const server = createServer();
  const problem = await new Promise<string | undefined>((done) => {
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen(port, '127.0.0.1', () => done(undefined));
  });
  await new Promise((done) => server.close(done));
  if (!problem) return { level: 'ok', text: `${port} is free` };
  return {
    level: 'warn',
    text: `${port} can not be taken (${problem})`,
    mend: 'Fine when that is the running server; else choose another with --port.',
  };
}

export async function checkFonts(): Promise<Finding> {
  const { status, stdout } = await run('fc-list', [':', 'family']);
  if (status !== 0)
    return {
      level: 'warn',
      text: 'fontconfig is missing',
      mend: 'Debian: apt-get install fontconfig fonts-dejavu',
    };
  const count = stdout.split('\n').filter(Boolean).length;
  if (count === 0)
    return {
      level: 'fail',
      text: 'no fonts: plots would have no text',
      mend: 'Debian: apt-get install fonts-dejavu',
    };
  const cjk = await run('fc-list', [':lang=ja', 'family']);
  if (cjk.stdout.trim()) return { level: 'ok', text: `${count} families, with Chinese, Japanese and Korean` };
  return {
    level: 'warn',
    text: `${count} families, none for Chinese, Japanese and Korean`,
    mend: 'Only if plots need them. Debian: apt-get install fonts-noto-cjk',
  };
}

/** The directory itself, or the nearest above it that is there. */
function existingParent(path: string): string {
  let place = resolve(path);
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  return place;
}
