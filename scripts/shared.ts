// Two R packages read R's serialization stream: mrsdeploy what a server sends, farside what it is about to send. R
// installs each from its own folder alone, and neither can depend on the other (one is the client's, one the worker's),
// so farside has copies. `npm run shared` renews them; shared.test.ts fails when they differ.
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const r = fileURLToPath(new URL('../r/', import.meta.url));

/** Each file, and its copy. */
export function sharedFiles(): { from: string; to: string }[] {
  const sources = readdirSync(join(r, 'mrsdeploy', 'src')).filter((name) => /^stream.*\.[ch]$/.test(name));
  const names = [...sources.map((name) => join('src', name)), join('R', 'travel.R')];
  return names.map((name) => ({ from: join(r, 'mrsdeploy', name), to: join(r, 'farside', name) }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { from, to } of sharedFiles()) copyFileSync(from, to);
}
