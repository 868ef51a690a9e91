/**
 * `npm test`: set-up, then every suite, on a fresh machine too. Goes on after a failing suite so that one run
 * shows everything; the last line has the totals. `--long` runs the figures as written, `--only=NAME` one suite, or those that begin with `NAME-`.
 */
import { setup } from './setup.mjs';
import { say, run, tail } from './lib/steps.mjs';
import { pinnedEnv } from './lib/paths.mjs';
import { checks } from './lib/suites/checks.mjs';
import { vitestSuites } from './lib/suites/vitest.mjs';
import { rSuites } from './lib/suites/r.mjs';

const long = process.argv.includes('--long');
const only = process.argv.find((a) => a.startsWith('--only='))?.slice('--only='.length);

await setup({ tests: true });
const env = pinnedEnv(long ? { FARSIDE_LONG: '1' } : {});
const suites = [...checks(), ...vitestSuites(), ...rSuites()].filter(
  ({ name }) => !only || name === only || name.startsWith(`${only}-`),
);
const totals = { passed: 0, failed: 0, skipped: 0 };

for (const suite of suites) {
  say(`→ ${suite.name}`);
  const result = await run(suite.name, suite.command, suite.args, { env, cwd: suite.cwd });
  const counts = suite.count(result);
  for (const key of Object.keys(totals)) totals[key] += counts[key];
  if (counts.failed > 0) {
    say(tail(result.log));
    say(`✗ ${suite.name}: ${counts.failed} failed. Repeat it with: npm test -- --only=${suite.name}`);
  } else {
    say(`✓ ${suite.name}: ${counts.passed} passed (${result.seconds} s)`);
  }
}
// Alone on the last line: readers of the log look for it there.
say(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
