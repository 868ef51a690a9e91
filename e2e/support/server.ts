import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endGroup, output, until } from './processes.ts';

const START_MS = 120_000;
const root = join(import.meta.dirname, '..', '..');

export const ADMIN = { user: 'admin', password: 'correct horse battery staple' };

export interface FarsideServer {
  readonly url: string;
  log(): string;
  /** Stops only the web node: sessions go on. */
  stopWeb(): Promise<void>;
  stop(): Promise<void>;
}

/** The real server program as built, on a free port, with its data in a temporary folder. */
export async function startServer(options: { dataDir?: string; port?: number } = {}): Promise<FarsideServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'farside-e2e-data-'));
  const args = [
    join(root, 'dist', 'farside.mjs'),
    'serve',
    '--port',
    String(options.port ?? 0),
    '--data-dir',
    dataDir,
  ];
  const env = { ...process.env, FARSIDE_ADMIN_PASSWORD: ADMIN.password };
  const child = spawn(process.execPath, args, { env, detached: true });
  const log = output(child);
  const ready = (): string | undefined => /https?:\/\/127\.0\.0\.1:\d+\S*/.exec(log())?.[0];
  await until(
    async () => started(child, ready, log),
    START_MS,
    () => `farside serve\n${log()}`,
  );
  const stopWeb = (): Promise<void> => endGroup(child);
  const stop = async (): Promise<void> => {
    await stopWeb();
    await endCompute(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { url: (ready() as string).replace(/[.,]$/, ''), log, stopWeb, stop };
}

function started(child: ChildProcess, ready: () => string | undefined, log: () => string): boolean {
  if (child.exitCode !== null) throw new Error(`farside serve ended\n${log()}`);
  return ready() !== undefined;
}

/** The compute node and its workers outlive the web node by design: a test ends them itself. */
async function endCompute(dataDir: string): Promise<void> {
  const { pid } = JSON.parse(readFileSync(join(dataDir, 'compute.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGTERM');
}
