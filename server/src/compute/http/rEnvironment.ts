import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FarsideError, REnvironment } from '@farside/protocol';
import { rEnvironment } from '../../runtime/environment.ts';
import { run } from '../../runtime/run.ts';
import type { WorkerRuntime } from '../sessions/launch.ts';

/** Packages come and go while the node runs; asking R takes most of a second. */
const FRESH_MS = 60_000;

/** Answers that are kept: one a user with packages of their own. More users cost time, not memory. */
const MAX_KEPT = 100;

interface Kept {
  readonly at: number;
  /** When packages were last installed or removed, by the user or for all. */
  readonly installed: string;
  readonly answer: Promise<REnvironment>;
}

/** Asks for R version and packages as a new session of a user would see them. `personal`: where that user's libraries are. */
export function rDescriber(runtime: WorkerRuntime): (personal?: string) => Promise<REnvironment> {
  const kept = new Map<string, Kept>();
  return (personal = '') => {
    // New packages are there at once.
    const libraries = [runtime.siteLibrary, ...(personal === '' ? [] : librariesIn(personal))];
    const installed = libraries.map(changedAt).join(' ');
    const known = kept.get(personal);
    if (known && known.installed === installed && Date.now() - known.at <= FRESH_MS) return known.answer;
    const answer = ask(runtime, personal);
    kept.delete(personal);
    kept.set(personal, { at: Date.now(), installed, answer });
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    answer.catch(() => kept.delete(personal));
    return answer;
  };
}

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** One for each R x.y; none before the first package. */
function librariesIn(personal: string): string[] {
  if (!existsSync(personal)) return [];
  return readdirSync(personal)
    .sort()
    .map((name) => join(personal, name));
}

async function ask(runtime: WorkerRuntime, personal: string): Promise<REnvironment> {
  const library = JSON.stringify(runtime.library);
  const ask = (name: string): string =>
    `getFromNamespace("${name}", loadNamespace("farside", lib.loc = ${library}))`;
  const site = JSON.stringify(runtime.siteLibrary);
  const own = personal === '' ? 'NULL' : JSON.stringify(personal);
  const code = `${ask('add_site_library')}(${site}); cat(${ask('rpc_packages')}(${own}))`;
  const args = ['--no-save', '--no-restore', '--quiet', '--no-echo', '-e', code];
  const { status, stdout, stderr } = await run(runtime.r.path, args, { env: rEnvironment() });
  if (status !== 0)
    throw new FarsideError('callFailed', { reason: stderr.trim() || 'R ended without an answer' });
  return REnvironment.parse(JSON.parse(stdout));
}
