/**
 * Running the steps of set-up and tests with progress that people can follow: a line when a step starts,
 * how long it took, and, when it fails, the end of its output and the one command that repeats it.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const LOG_TAIL_LINES = 60;
const HEARTBEAT_MS = 30_000;

/**
 * Runs a program with its output in `.cache/logs/<name>.log`. Resolves with exit code and seconds.
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, live?: boolean }} [options] live: output also on the terminal
 */
export function run(name, command, args, options = {}) {
  const log = logFile(name);
  const out = createWriteStream(log);
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const beat = setInterval(() => say(`  … ${name}: ${seconds(started)} s`), HEARTBEAT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        out.write(chunk);
        if (options.live) process.stdout.write(chunk);
      });
    }
    child.once('error', (error) => {
      clearInterval(beat);
      reject(error);
    });
    child.once('close', (code) => {
      clearInterval(beat);
      out.end(() => resolve({ code: code ?? 1, seconds: seconds(started), log }));
    });
  });
}

/** Runs a step that has to succeed; ends the program with its log's tail when it does not. */
export async function must(name, command, args, options = {}) {
  say(`→ ${name}`);
  const result = await run(name, command, args, options);
  if (result.code !== 0) {
    say(tail(result.log));
    fail(`${name} failed (exit code ${result.code}). Repeat it with: ${[command, ...args].join(' ')}`);
  }
  say(`✓ ${name} (${result.seconds} s)`);
  return result;
}

export function say(text) {
  process.stdout.write(`${text}\n`);
}

export function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

export function tail(log) {
  return readFileSync(log, 'utf8').split('\n').slice(-LOG_TAIL_LINES).join('\n');
}

function logFile(name) {
  const dir = join(root, '.cache', 'logs');
  mkdirSync(dir, { recursive: true });
  return join(dir, `${name.replace(/[^\w.-]+/g, '-')}.log`);
}

function seconds(since) {
  return Math.round((Date.now() - since) / 100) / 10;
}
