import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { check } from './checks.mjs';

const PACKAGES = ['farside', 'mrsdeploy'];

/** For each R package: testthat, and `R CMD check` without errors or warnings. */
export function rSuites() {
  return PACKAGES.flatMap((name) => {
    const work = join(root, '.cache', 'r', name);
    const source = join(root, 'r', name);
    mkdirSync(work, { recursive: true });
    const report = join(work, 'testthat.csv');
    rmSync(report, { force: true });
    return [
      {
        name: `testthat-${name}`,
        command: 'Rscript',
        args: ['--vanilla', join(root, 'scripts', 'testthat.R'), source, work, report],
        count: ({ code }) => counts(report, code),
      },
      check(`r-cmd-check-${name}`, 'sh', [join(root, 'scripts', 'r-cmd-check.sh'), source, work]),
    ];
  });
}

/** The report is one line: passed,failed,skipped. */
function counts(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const [passed = 0, failed = 0, skipped = 0] = readFileSync(report, 'utf8').trim().split(',').map(Number);
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}
