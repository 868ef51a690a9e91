import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { once } from './stamp.mjs';
import { must, say } from './steps.mjs';

/** What the product uses at run time, what its tests use, what the benchmark's peers are. Debian's names. */
const PRODUCT = [
  { probe: 'R', packages: ['r-base-dev'] },
  { probe: 'gcc', packages: ['build-essential'] },
  { probe: 'fc-list', packages: ['fontconfig'] },
  { file: '/usr/share/fonts/truetype/liberation2', packages: ['fonts-liberation2'] },
  { file: '/usr/share/fonts/truetype/dejavu', packages: ['fonts-dejavu-core'] },
];
const TESTS = [
  { probe: 'chromium', packages: ['chromium'] },
  { probe: 'nginx', packages: ['nginx-light'] },
  { probe: 'setpriv', packages: ['util-linux'] },
  { probe: 'systemd-analyze', packages: ['systemd'] },
  { file: '/usr/share/fonts/truetype/wqy', packages: ['fonts-wqy-microhei'] },
];
const BENCH = [
  { file: '/usr/lib/R/site-library/Rserve', packages: ['r-cran-rserve'] },
  // The check sum at the peer's end.
  { file: '/usr/lib/R/site-library/openssl', packages: ['r-cran-openssl'] },
];

/** Installs what is missing by apt when that is possible, else names it and goes on with what there is. */
export async function installSystemPackages({ tests = false, bench = false }) {
  const wanted = [...PRODUCT, ...(tests ? TESTS : []), ...(bench ? BENCH : [])];
  const missing = wanted.filter(isMissing).flatMap((w) => w.packages);
  if (missing.length > 0) await aptInstall(missing);
}

/** Installs Debian packages as root; otherwise says which are missing. Returns whether they were installed. */
export async function aptInstall(packages) {
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    say(`! Missing system packages (Debian's names): ${packages.join(' ')}`);
    say(`  Install them with: sudo apt-get install ${packages.join(' ')}`);
    return false;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await once('apt-update', [today()], () => must('apt-get update', 'apt-get', ['update', '-q'], { env }));
  const args = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  await must(`apt-get install ${packages.join(' ')}`, 'apt-get', args, { env });
  return true;
}

export function onPath(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

export function isDebian() {
  return existsSync('/etc/debian_version') && readFileSync('/etc/os-release', 'utf8').includes('debian');
}

function isMissing({ probe, file }) {
  return probe ? !onPath(probe) : !existsSync(file);
}

function today() {
  return new Date().toISOString().slice(0, 10);
}
