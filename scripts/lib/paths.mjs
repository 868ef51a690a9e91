import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const bin = join(root, 'node_modules', '.bin');

/** Environment in which `node`, `vitest`, `tsc` … are the pinned ones. */
export function pinnedEnv(extra = {}) {
  return { ...process.env, PATH: `${bin}:${process.env.PATH}`, ...extra };
}

/** The pinned Node, once `npm ci` has run. */
export function pinnedNode() {
  const node = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
  return existsSync(node) ? node : process.execPath;
}
