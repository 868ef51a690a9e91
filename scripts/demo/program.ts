import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DemoServer } from './server.ts';

export const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'farside.mjs');

/** Runs `farside ARGS` against the server with its output live; gives the exit code. */
export async function farside(args: readonly string[], server: DemoServer): Promise<number> {
  const env = {
    ...process.env,
    FARSIDE_URL: server.url,
    FARSIDE_USER: server.user,
    FARSIDE_PASSWORD: server.password,
  };
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
