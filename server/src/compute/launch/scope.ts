import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, type RunResult } from '../../runtime/run.ts';

/** Words before a worker's command. */
export type Scope = (name: string) => readonly string[];

export interface ScopeHost {
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number;
  exists(path: string): boolean;
  run(file: string, args: readonly string[]): Promise<RunResult>;
}

const THIS_HOST: ScopeHost = { env: process.env, uid: process.getuid?.() ?? 0, exists: existsSync, run };
/** Only there when systemd is the first process. */
const SYSTEMD_RUNS = '/run/systemd/system';
/** Workers say their process id on descriptor 3, which has to get through. */
const TRIAL = '"$@" 3>&1';

/**
 * Where this process is a service of systemd, each worker gets a scope of its own: stopping the service leaves it
 * alone, and its memory is counted by itself. Undefined elsewhere, and where the manager does not let us, as for a
 * system service of an ordinary account: then the unit's KillMode=process is what lets workers live on.
 */
export async function findScope(host: ScopeHost = THIS_HOST): Promise<Scope | undefined> {
  if (!host.env['INVOCATION_ID'] || !host.exists(SYSTEMD_RUNS)) return undefined;
  const manager = host.uid === 0 ? '--system' : '--user';
  const bus = join(host.env['XDG_RUNTIME_DIR'] ?? '', 'systemd', 'private');
  if (manager === '--user' && !host.exists(bus)) return undefined;
  const words = ['systemd-run', manager, '--scope', '--collect', '--quiet'];
  const tried = await host.run('/bin/sh', [
    '-c',
    TRIAL,
    'sh',
    ...words,
    '--',
    '/bin/sh',
    '-c',
    'echo passed >&3',
  ]);
  if (tried.status !== 0 || tried.stdout !== 'passed\n') return undefined;
  return (name) => [...words, `--description=Farside R worker ${name}`, '--'];
}
