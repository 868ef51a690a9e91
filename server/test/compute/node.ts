import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { ComputeClient } from '../../src/compute/client.ts';
import { ensureCompute } from '../../src/compute/ensure.ts';
import { computeFiles } from '../../src/compute/files.ts';
import { temporaryDataDir } from '../support/server.ts';

const ENTRY = fileURLToPath(new URL('entry.ts', import.meta.url));
export const COMMAND = [process.execPath, ENTRY];

/** A compute node of its own process in a temporary data directory, as `serve` would start it. */
export interface TestNode {
  readonly dataDir: string;
  readonly client: ComputeClient;
  /** A session with its working directory below the data directory. */
  session(
    id: string,
    more?: { memoryLimit?: number; journalBytes?: number; columns?: number },
  ): Promise<string>;
  /** Process id of the node that serves now. */
  pid(): number;
  /** Ends the sessions and the node, and removes the directory. */
  dispose(): Promise<void>;
}

export async function startNode(dataDir = temporaryDataDir()): Promise<TestNode> {
  const client = await ensureCompute(dataDir, { command: COMMAND });
  return {
    dataDir,
    client,
    async session(id, more = {}) {
      await client.create({ id, name: id, owner: 'tester', workdir: join(dataDir, 'work', id), ...more });
      return id;
    },
    pid: () => JSON.parse(readFileSync(computeFiles(dataDir).info, 'utf8')).pid as number,
    async dispose() {
      const sessions = await client.list();
      await Promise.all(sessions.map(({ id }) => client.end(id, { force: true })));
      const pid = (await client.health()).pid;
      await client.shutdown();
      client.close();
      await gone(pid);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Short enough or not for a Unix socket: a long one goes through /proc. */
export const temporaryDir = (name = ''): string => {
  const base = mkdtempSync(join(tmpdir(), 'farside-compute-'));
  made.push(base);
  return name ? join(base, name) : base;
};
const made: string[] = [];
afterAll(() => made.forEach((dir) => rmSync(dir, { recursive: true, force: true })));

/** Resolves when a process is no more; processes of others tell nobody, so this looks. */
export async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`) && !isZombie(pid))
    await new Promise((resolve) => setTimeout(resolve, 10));
}

function isZombie(pid: number): boolean {
  try {
    return / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
