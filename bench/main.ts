/** `npm run bench`: one run, medians, and ratios against peers in the same run. Never part of the tests. */
import { cpus, totalmem } from 'node:os';
import { bundleCase } from './cases/bundle.ts';
import { evalCase } from './cases/eval.ts';
import { outputCase } from './cases/output.ts';
import { memoryCase, startCase } from './cases/sessions.ts';
import { Farside } from './lib/farside.ts';
import { report, type Result } from './lib/result.ts';

const farside = await Farside.start();
const results: Result[] = [...bundleCase()];
try {
  for (const measure of [evalCase, outputCase, startCase, memoryCase]) {
    process.stderr.write(`measuring: ${measure.name}\n`);
    results.push(...(await measure(farside)));
  }
} finally {
  await farside.stop();
}
const memory = Math.round(totalmem() / 1024 ** 3);
process.stdout.write(
  `${cpus().length} cores (${cpus()[0]?.model}), ${memory} GiB, Node ${process.version}\n\n`,
);
process.stdout.write(`${report(results)}\n`);
