import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { once } from './stamp.mjs';
import { must } from './steps.mjs';

/** `npm ci`: also brings the pinned Node, through the npm package `node`. */
export async function installNodePackages() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const install = () => must('npm ci', 'npm', ['ci', '--no-audit', '--no-fund']);
  // A stamp from before somebody removed node_modules must not count.
  if (!existsSync(join(root, 'node_modules', '.bin', 'vitest'))) await install();
  else await once('npm', [lock], install);
}
