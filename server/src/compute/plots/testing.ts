import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerLibrary } from '../../runtime/buildPackage.ts';
import { rEnvironment } from '../../runtime/environment.ts';
import { findR } from '../../runtime/findR.ts';
import { productRoot } from '../../runtime/productRoot.ts';
import type { WorkerRuntime } from '../sessions/launch.ts';
import type { PlotSession } from './service.ts';

/** The R of this machine with the worker's package, built once for all tests. */
export async function testRuntime(): Promise<WorkerRuntime> {
  const r = await findR();
  const library = await workerLibrary(r, { libraries: join(productRoot(), '.cache', 'r', 'test') });
  return { r, library, siteLibrary: join(tmpdir(), 'farside-no-library') };
}

/** A session directory with the pages that this R code draws; `at_prompt()` is a prompt, `pages` the store. */
export function drawnSession(runtime: WorkerRuntime, code: string): PlotSession {
  const dir = mkdtempSync(join(tmpdir(), 'farside-session-'));
  const script = `
    pages <- file.path(${JSON.stringify(dir)}, "plots")
    farside:::plot_start(pages)
    at_prompt <- function() .Call(farside:::farside_plot_flush)
    ${code}
    at_prompt()`;
  execFileSync(runtime.r.path, ['--vanilla', '--no-echo', '-e', script], {
    env: rEnvironment({ R_LIBS: runtime.library }),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { owner: 'ada', dir };
}
