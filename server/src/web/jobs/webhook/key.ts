import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const KEY_BYTES = 32;
const FILE_MODE = 0o600;

/** The key of the signatures: the file's text without its line end. Made at the first start, whole or not at all. */
export function loadWebhookKey(path: string): string {
  const known = readKey(path);
  if (known) return known;
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: FILE_MODE });
  rmSync(path, { force: true });
  linkSync(fresh, path);
  rmSync(fresh);
  return readKey(path) ?? '';
}

function readKey(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
