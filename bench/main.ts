/**
 * `npm run bench`: one run, medians, and ratios against peers in the same run. Never part of the tests.
 * `npm run bench -- --only=transfer` measures the cases of that name alone.
 */
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
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

/** In one server, one after another. */
const TOGETHER = [evalCase, outputCase, journalCase, attachCase, startCase, memoryCase, transferCase];
/** Each with servers of its own. */
const ALONE = [startsCase, idleCase];

const { only = '' } = parseArgs({ options: { only: { type: 'string' }, long: { type: 'boolean' } } }).values;
const isMeant = ({ name }: { readonly name: string }): boolean => name.startsWith(only);
const results: Result[] = isMeant(bundleCase) ? [...bundleCase()] : [];

const measured = async (name: string, measure: () => Promise<Result[]>): Promise<void> => {
  process.stderr.write(`measuring: ${name}\n`);
  results.push(...(await measure()));
};

const farside = await Farside.start();
try {
  for (const measure of TOGETHER.filter(isMeant)) await measured(measure.name, () => measure(farside));
} finally {
  await farside.stop();
}
for (const measure of ALONE.filter(isMeant)) await measured(measure.name, measure);

const memory = Math.round(totalmem() / 1024 ** 3);
process.stdout.write(
  `${cpus().length} cores (${cpus()[0]?.model}), ${memory} GiB, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n\n`,
);
process.stdout.write(`${report(results)}\n`);
