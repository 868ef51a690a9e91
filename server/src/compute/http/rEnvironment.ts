import { statSync } from 'node:fs';
import { FarsideError, REnvironment } from '@farside/protocol';
import { rEnvironment } from '../../runtime/environment.ts';
import { run } from '../../runtime/run.ts';
import type { WorkerRuntime } from '../sessions/launch.ts';

/** Packages come and go while the node runs; asking R takes most of a second. */
const FRESH_MS = 60_000;

/** Asks for R version and packages as a new session would see them. */
export function rDescriber(runtime: WorkerRuntime): () => Promise<REnvironment> {
  let cached: { at: number; installed: number; answer: Promise<REnvironment> } | undefined;
  return () => {
    // The administrator's packages are there at once.
    const installed = statSync(runtime.siteLibrary, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (cached && cached.installed === installed && Date.now() - cached.at <= FRESH_MS) return cached.answer;
    const answer = ask(runtime);
    cached = { at: Date.now(), installed, answer };
    answer.catch(() => (cached = undefined));
    return answer;
  };
}

async function ask(runtime: WorkerRuntime): Promise<REnvironment> {
  const library = JSON.stringify(runtime.library);
  const ask = (name: string): string =>
    `getFromNamespace("${name}", loadNamespace("farside", lib.loc = ${library}))`;
  const site = JSON.stringify(runtime.siteLibrary);
  const code = `${ask('add_site_library')}(${site}); cat(${ask('rpc_packages')}())`;
  const args = ['--no-save', '--no-restore', '--quiet', '--no-echo', '-e', code];
  const { status, stdout, stderr } = await run(runtime.r.path, args, { env: rEnvironment() });
  if (status !== 0)
    throw new FarsideError('callFailed', { reason: stderr.trim() || 'R ended without an answer' });
  return REnvironment.parse(JSON.parse(stdout));
}
