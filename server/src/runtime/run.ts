import { execFile } from 'node:child_process';

/** Programs asked at start-up answer at once; one that hangs must not hang the server. */
const ANSWER_MS = 60_000;
const MAX_OUTPUT = 64 * 1024 * 1024;

export interface RunResult {
  /** Exit status; null when it could not be started or was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

/** Runs a program to its end and never throws. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { env = process.env, cwd, timeoutMs = ANSWER_MS } = options;
  return new Promise((resolve) => {
    const settings = { env, cwd, timeout: timeoutMs, maxBuffer: MAX_OUTPUT, encoding: 'utf8' as const };
    const child = execFile(file, [...args], settings, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === 'number' ? error.code : null) : 0;
      resolve({ status, stdout, stderr: stderr || (status === null ? (error?.message ?? '') : '') });
    });
    child.stdin?.end();
  });
}
