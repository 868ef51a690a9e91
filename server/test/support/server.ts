import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ComputeFile } from '../../src/compute/api.ts';
import { ComputeClient } from '../../src/compute/client.ts';
import { computeFiles } from '../../src/compute/files.ts';
import { productRoot } from '../../src/runtime/productRoot.ts';

const MAIN = join(productRoot(), 'server', 'src', 'main.ts');
const LOOK_EVERY_MS = 10;
export const ADMIN_PASSWORD = 'correct horse';

export interface TestServerOptions {
  /** More arguments of `farside serve`. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A directory of the caller's, not removed by {@link TestServer.stop}. */
  readonly dataDir?: string;
  /** Kept over restarts when a client should find the server again; 0: a free one. */
  readonly port?: number;
  /** Run from a bundle instead of the sources. */
  readonly entry?: string;
}

/** A real `farside serve` with its compute node, each a process of its own. */
export interface TestServer {
  readonly url: string;
  readonly dataDir: string;
  readonly username: string;
  readonly password: string;
  /** Process id of the web node. */
  readonly pid: number;
  /** What the web node wrote. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  computePid(): number;
  /** Ends the web node with a signal and resolves when it is gone; compute node and sessions go on. */
  endWebNode(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the sessions, the compute node and the web node, and removes the temporary directory. */
  stop(): Promise<void>;
}

/** Starts a server on a free port in a temporary data directory; the first account is admin. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? temporaryDataDir();
  const program = runProgram(serveArgs(dataDir, options), options);
  const url = await readyUrl(program);
  const endWebNode = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    program.child.kill(signal);
    await program.exited;
  };
  return {
    url,
    dataDir,
    username: 'admin',
    password: options.env?.['FARSIDE_ADMIN_PASSWORD'] ?? ADMIN_PASSWORD,
    pid: program.child.pid ?? 0,
    stdout: program.stdout,
    stderr: program.stderr,
    computePid: () => computePid(dataDir),
    endWebNode,
    async stop() {
      await endWebNode();
      await stopCompute(dataDir);
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Runs `farside ARGS` to its end. */
export async function runFarside(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; entry?: string } = {},
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const program = runProgram(args, options);
  program.child.stdin?.end(options.input ?? '');
  const status = await program.exited;
  return { status, stdout: program.stdout(), stderr: program.stderr() };
}

export const serveArgs = (
  dataDir: string,
  { port = 0, args = [] }: Pick<TestServerOptions, 'port' | 'args'> = {},
): string[] => ['serve', '--port', String(port), '--data-dir', dataDir, ...args];

/** A data directory that shares the built R package with those of other tests. */
export function temporaryDataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'farside-test-'));
  const shared = join(productRoot(), '.cache', 'test-r');
  mkdirSync(shared, { recursive: true });
  symlinkSync(shared, computeFiles(dir).libraries);
  return dir;
}

/** Ends all sessions of a data directory and its compute node, if there is one. */
export async function stopCompute(dataDir: string): Promise<void> {
  if (!existsSync(computeFiles(dataDir).info)) return;
  const pid = computePid(dataDir);
  const compute = new ComputeClient(dataDir);
  const sessions = await compute.list().catch(() => []);
  await Promise.all(sessions.map(({ id }) => compute.end(id, { force: true }).catch(() => undefined)));
  await compute.shutdown().catch(() => undefined);
  compute.close();
  await processGone(pid);
}

export const computePid = (dataDir: string): number =>
  ComputeFile.parse(JSON.parse(readFileSync(computeFiles(dataDir).info, 'utf8'))).pid;

/** Resolves when a process of somebody else is no more; a zombie that nobody collects counts as gone. */
export async function processGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}

export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

interface Program {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

function runProgram(args: readonly string[], { env, entry }: TestServerOptions): Program {
  const child = spawn(process.execPath, [entry ?? MAIN, ...args], {
    stdio: 'pipe',
    env: { ...process.env, FARSIDE_ADMIN_PASSWORD: ADMIN_PASSWORD, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = once(child, 'close').then(([status]) => status as number | null);
  return { child, exited, stdout: () => stdout, stderr: () => stderr };
}

async function readyUrl({ child, exited, stdout, stderr }: Program): Promise<string> {
  const ready = new Promise<string>((resolve) => {
    child.stdout?.on('data', () => {
      const url = /^Farside is ready at (\S+) /m.exec(stdout())?.[1];
      if (url) resolve(url);
    });
  });
  const failed = exited.then((status) => {
    throw new Error(`farside serve ended with ${status} before it was ready:\n${stderr()}`);
  });
  return Promise.race([ready, failed]);
}

/**
 * Runs what follows as nobody, who may read everything (the checkout may lie in a private place) but, unlike root,
 * not write everywhere.
 */
export const AS_NOBODY: readonly string[] = [
  'setpriv',
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  '--inh-caps=+dac_read_search',
  '--ambient-caps=+dac_read_search',
];
