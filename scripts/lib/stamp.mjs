import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './paths.mjs';

/** Does `work` unless it was done before for the same `inputs` (texts). */
export async function once(name, inputs, work) {
  const file = join(root, '.cache', 'stamps', name);
  const key = createHash('sha256').update(inputs.join('\0')).digest('hex');
  if (existsSync(file) && readFileSync(file, 'utf8') === key) return;
  await work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, key);
}
