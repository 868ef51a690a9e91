#!/usr/bin/env node
/**
 * Starts the program on Node 24: on the Node that runs this file when it is new enough, else on the pinned one of
 * the checkout. Plain JavaScript, because an old Node has to be able to read it.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;
/** What a shell or a supervisor sends to make a program end or reload; all of it is for the program itself. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'];

const bundle = new URL('../../dist/farside.mjs', import.meta.url);
const pinned = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));

function fail(text) {
  process.stderr.write(`farside: ${text}\n`);
  process.exitCode = 1;
}

function runOnPinnedNode() {
  const args = [fileURLToPath(bundle), ...process.argv.slice(2)];
  const child = spawn(pinned, args, { stdio: 'inherit' });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${pinned} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    // The shell's own convention for a program that a signal ended.
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

if (!existsSync(bundle)) fail('the program is not built yet. Run `npm run setup` first.');
else if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) await import(bundle.href);
else if (existsSync(pinned)) runOnPinnedNode();
else fail(`Node ${OLDEST_NODE} or later is needed. Run \`npm run setup\`, which installs it.`);
