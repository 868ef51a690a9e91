import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { check } from './checks.mjs';

/** testthat, and `R CMD check` without errors or warnings. */
export function rSuites() {
  const work = join(root, '.cache', 'r');
  mkdirSync(work, { recursive: true });
  const report = join(work, 'testthat.csv');
  rmSync(report, { force: true });
  return [
    {
      name: 'testthat',
      command: 'Rscript',
      args: ['--vanilla', join(root, 'scripts', 'testthat.R'), join(root, 'r', 'farside'), work, report],
      count: ({ code }) => counts(report, code),
    },
    check('r-cmd-check', 'sh', [join(root, 'scripts', 'r-cmd-check.sh'), join(root, 'r', 'farside'), work]),
  ];
}

/** The report is one line: passed,failed,skipped. */
function counts(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const [passed = 0, failed = 0, skipped = 0] = readFileSync(report, 'utf8').trim().split(',').map(Number);
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}
