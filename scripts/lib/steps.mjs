/**
 * Running the steps of set-up and tests with progress that people can follow: a line when a step starts,
 * how long it took, and, when it fails, the end of its output and the one command that repeats it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './paths.mjs';

const LOG_TAIL_LINES = 60;
const HEARTBEAT_MS = 30_000;
/** A hang guard: a step that has printed nothing for this long is ended, with its process group. */
const SILENCE_MS = 15 * 60_000;
/** How long the rest of an ended program's output may take. */
const DRAIN_MS = 2_000;

/**
 * Runs a program with its output in `.cache/logs/<name>.log`. Resolves with exit code and seconds once the program has
 * ended; a process that it left behind with its output still open is not waited for.
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
      detached: process.platform !== 'win32',
    });
    const end = endWithUs(child);
    let heard = Date.now();
    const beat = setInterval(() => {
      say(`  … ${name}: ${seconds(started)} s`);
      if (Date.now() - heard < SILENCE_MS) return;
      out.write(`\n${name} printed nothing for ${SILENCE_MS / 60_000} minutes and was ended.\n`);
      end();
    }, HEARTBEAT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        heard = Date.now();
        if (!out.writableEnded) out.write(chunk);
        if (options.live) process.stdout.write(chunk);
      });
    }
    const over = () => {
      clearInterval(beat);
      process.off('exit', end);
    };
    child.once('error', (error) => {
      over();
      reject(error);
    });
    child.once('exit', async (code) => {
      over();
      await Promise.race([once(child, 'close'), delay(DRAIN_MS)]);
      child.stdout.destroy();
      child.stderr.destroy();
      out.end(() => resolve({ code: code ?? 1, seconds: seconds(started), log }));
    });
  });
}

/** Ends a step's whole process group; also when set-up or test itself is ended. */
function endWithUs(child) {
  const end = () => {
    try {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    } catch {
      // gone already
    }
  };
  process.once('exit', end);
  return end;
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

// Steps are in process groups of their own, out of reach of Ctrl-C: passed on by what happens at exit.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

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
