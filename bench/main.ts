/**
 * `npm run bench`: one run, medians, and ratios against peers in the same run. Never part of the tests.
 * `npm run bench -- --only=transfer` measures one case.
 */
import { cpus, loadavg, totalmem } from 'node:os';
import { bundleCase } from './cases/bundle.ts';
import { evalCase } from './cases/eval.ts';
import { outputCase } from './cases/output.ts';
import { attachCase } from './cases/attach.ts';
import { idleCase } from './cases/idle.ts';
import { journalCase } from './cases/journal.ts';
import { memoryCase, startCase } from './cases/sessions.ts';
import { startsCase } from './cases/starts.ts';
import { transferCase } from './cases/transfer.ts';
import { Farside } from './lib/farside.ts';
import { report, type Result } from './lib/result.ts';

const farside = await Farside.start();
const results: Result[] = [...bundleCase()];
try {
  for (const measure of [
    evalCase,
    outputCase,
    journalCase,
    attachCase,
    startCase,
    memoryCase,
    transferCase,
  ]) {
    process.stderr.write(`measuring: ${measure.name}\n`);
    results.push(...(await measure(farside)));
  }
} finally {
  await farside.stop();
}
for (const measure of [startsCase, idleCase]) {
  process.stderr.write(`measuring: ${measure.name}\n`);
  results.push(...(await measure()));
}
const memory = Math.round(totalmem() / 1024 ** 3);
process.stdout.write(
  `${cpus().length} cores (${cpus()[0]?.model}), ${memory} GiB, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n\n`,
);
process.stdout.write(`${report(results)}\n`);
