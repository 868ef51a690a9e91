import { join } from 'node:path';
import { computeFiles } from '../compute/files.ts';
import { workerLibrary } from '../runtime/buildPackage.ts';
import { rEnvironment } from '../runtime/environment.ts';
import { findR } from '../runtime/findR.ts';
import { run } from '../runtime/run.ts';
import { FarsideError } from '@farside/protocol';
import type { DoctorContext, Finding } from './checks.ts';

/** Makes a finding of an error of ours. */
async function finding(work: () => Promise<Finding | undefined>): Promise<Finding | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FarsideError)) throw error;
    return { level: 'fail', text: error.message, mend: error.hint };
  }
}

export const checkR = ({ r }: DoctorContext): Promise<Finding | undefined> =>
  finding(async () => {
    const { version, path } = await findR(r);
    return { level: 'ok', text: `${version} at ${path}` };
  });

/** The compiler that R was configured with, and make. */
export async function checkCompiler({ r }: DoctorContext): Promise<Finding | undefined> {
  const found = await findR(r).catch(() => undefined);
  if (!found) return undefined;
  const env = rEnvironment();
  const { stdout } = await run(found.path, ['CMD', 'config', 'CC'], { env });
  const [cc = 'cc', ...flags] = stdout.trim().split(/\s+/);
  const [compiler, make] = await Promise.all([run(cc, [...flags, '--version']), run('make', ['--version'])]);
  const mend = 'Debian: apt-get install build-essential r-base-dev';
  if (compiler.status !== 0) return { level: 'fail', text: `${cc} does not run`, mend };
  if (make.status !== 0) return { level: 'fail', text: 'make does not run', mend };
  return { level: 'ok', text: compiler.stdout.split('\n')[0] ?? cc };
}

/** What R has to be able to do for plots. */
export async function checkPackages({ r }: DoctorContext): Promise<Finding | undefined> {
  const found = await findR(r).catch(() => undefined);
  if (!found) return undefined;
  const code = 'cat(capabilities(c("cairo", "png")), nrow(installed.packages()))';
  const { stdout } = await run(join(found.home, 'bin', 'Rscript'), ['-e', code], { env: rEnvironment() });
  const [cairo, png, count] = stdout.trim().split(/\s+/);
  if (cairo !== 'TRUE' || png !== 'TRUE')
    return {
      level: 'fail',
      text: 'this R can not draw with cairo',
      mend: 'Use an R built with cairo and png.',
    };
  return { level: 'ok', text: `${count} installed; cairo and png are there` };
}

/** Builds it where a data directory is named; that is what the first start would do. */
export function checkWorker({ r, dataDir }: DoctorContext): Promise<Finding | undefined> {
  if (!dataDir) return Promise.resolve(undefined);
  return finding(async () => {
    const library = await workerLibrary(await findR(r), { libraries: computeFiles(dataDir).libraries });
    return { level: 'ok', text: `built in ${library}` };
  });
}
