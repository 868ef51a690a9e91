import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { productRoot } from '../src/runtime/productRoot.ts';
import { serveArgs, stopCompute, temporaryDataDir } from './support/server.ts';

const LAUNCHER = join(productRoot(), 'server', 'bin', 'farside.mjs');
const isBuilt = existsSync(join(productRoot(), 'dist', 'farside.mjs'));
const OLDEST_NODE = 24;

/** A Node that is too old for the program itself, as a new machine has it. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((dir) => join(dir, 'node'))
  .find((path) => existsSync(path) && major(path) < OLDEST_NODE);

function major(node: string): number {
  return Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }));
}

const nodes = [process.execPath, ...(oldNode ? [oldNode] : [])].map((node) => [major(node), node] as const);

describe.skipIf(!isBuilt)('the program, as npx starts it', () => {
  it.each(nodes)('runs on Node %i, passes arguments, signals and the exit code on', async (_major, node) => {
    const dataDir = temporaryDataDir();
    const child = spawn(node, [LAUNCHER, ...serveArgs(dataDir)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(line.toString()).toMatch(/^Farside is ready at /);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await stopCompute(dataDir);
    rmSync(dataDir, { recursive: true });
  });

  it('fails with the code of the program', async () => {
    const child = spawn(oldNode ?? process.execPath, [LAUNCHER, 'user', 'list', '--data-dir', '/nowhere'], {
      stdio: 'ignore',
    });
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
