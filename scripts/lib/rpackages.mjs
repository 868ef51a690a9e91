import { spawnSync } from 'node:child_process';
import { aptInstall, isDebian } from './system.mjs';
import { must, say } from './steps.mjs';

/** The server needs no R package beyond base R; `mrsdeploy`, tests, examples of plots and peers do. */
const TESTS = [
  'testthat',
  'curl',
  'jsonlite',
  'cli',
  'png',
  'processx',
  'R6',
  'data.table',
  'knitr',
  'markdown',
  'ggplot2',
  'later',
  'httpuv',
  'MASS',
  'lattice',
  'nlme',
  'survival',
  'boot',
];

/** Installs missing R packages: Debian's builds when R is Debian's and we are root, else from CRAN. */
export async function installRPackages({ tests = false }) {
  if (!tests) return;
  let missing = missingOf(TESTS);
  if (missing.length > 0 && isDebian() && process.getuid?.() === 0) {
    await aptInstall(missing.map((name) => `r-cran-${name.toLowerCase()}`));
    missing = missingOf(TESTS);
  }
  if (missing.length > 0) {
    say(`  from CRAN: ${missing.join(' ')}`);
    const code = `install.packages(c(${missing.map((m) => `"${m}"`).join(',')}))`;
    await must('install.packages', 'Rscript', ['-e', code]);
  }
}

function missingOf(names) {
  const list = names.map((n) => `"${n}"`).join(',');
  const code = `cat(setdiff(c(${list}), rownames(installed.packages())))`;
  const result = spawnSync('Rscript', ['--vanilla', '-e', code], { encoding: 'utf8' });
  if (result.status !== 0) return names;
  return result.stdout.split(' ').filter(Boolean);
}
