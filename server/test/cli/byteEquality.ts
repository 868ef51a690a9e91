import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { rEnvironment } from '../../src/runtime/environment.ts';
import { productRoot } from '../../src/runtime/productRoot.ts';

const MAIN = join(productRoot(), 'server', 'src', 'main.ts');
const R_FLAGS = ['--quiet', '--no-readline', '--interactive', '--no-save', '--no-restore'];
let count = 0;

export interface Ran {
  readonly output: string;
  readonly status: number | null;
}

/** Runs a program with a file as standard input and both outputs in one file, as a shell does it. */
async function redirected(
  program: string,
  args: readonly string[],
  script: string,
  env: NodeJS.ProcessEnv,
  cwd = tmpdir(),
): Promise<Ran> {
  const target = join(tmpdir(), `farside-out-${process.pid}-${++count}`);
  const input = openSync(script, 'r');
  const output = openSync(target, 'w');
  try {
    const child = spawn(program, args, { stdio: [input, output, output], env, cwd });
    const [status] = (await once(child, 'close')) as [number | null];
    // Latin-1 keeps every byte apart.
    return { status, output: await readFile(target, 'latin1') };
  } finally {
    closeSync(input);
    closeSync(output);
    await rm(target, { force: true });
  }
}

export const runLocally = (script: string): Promise<Ran> => redirected('R', R_FLAGS, script, rEnvironment());

export function runRemotely(script: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  const args = [MAIN, 'console', '--no-echo', '--prompt', '> '];
  return redirected(process.execPath, args, script, { ...process.env, ...env });
}

/** What may differ: addresses, process ids, temporary paths, timings, the default device's name. */
export function comparable(output: string): string {
  return output
    .replace(/0x[0-9a-f]{6,}/g, '<address>')
    .replace(/\/tmp\/[A-Za-z0-9_./-]*/g, '<tmp>')
    .replace(/^.*(?:user +system +elapsed|elapsed).*\n.*$/gm, '<timing>');
}
