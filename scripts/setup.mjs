/**
 * `npm run setup`: everything a fresh machine with R, Node 20 and gcc lacks. Runs on that Node, so this file and
 * what it imports stay plain JavaScript. Done steps are skipped by stamps in `.cache/`.
 */
import { pathToFileURL } from 'node:url';
import { installNodePackages } from './lib/npm.mjs';
import { installSystemPackages } from './lib/system.mjs';
import { installRPackages } from './lib/rpackages.mjs';
import { build } from './lib/build.mjs';
import { say } from './lib/steps.mjs';

/** @param {{ tests?: boolean, bench?: boolean }} [purpose] tests and bench need more than the product does */
export async function setup(purpose = {}) {
  await installNodePackages();
  await installSystemPackages(purpose);
  await installRPackages(purpose);
  await build();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await setup({ tests: process.argv.includes('--tests'), bench: process.argv.includes('--bench') });
  say('Farside is set up. Next: npx farside serve --data-dir ~/farside, or npm run demo.');
}
