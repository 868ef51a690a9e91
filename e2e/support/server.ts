import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FarsideClient, memoryTokenStore } from '@farside/client';
import { root } from './paths.ts';
import { endGroup, output, until } from './processes.ts';

const START_MS = 280_000;
const END_MS = 30_000;

export const ADMIN = { user: 'admin', password: 'correct horse battery staple' };

export interface FarsideServer {
  readonly url: string;
  log(): string;
  /** Ends only the web node: the compute node and the sessions go on. */
  stopWeb(): Promise<void>;
  /** SIGKILL for the web node and the compute node; R workers go on. */
  killNodes(): Promise<void>;
  /** A client of its own, signed in; the test disposes it. */
  client(): Promise<FarsideClient>;
  /** Starts the web node again where it was. */
  startWeb(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** More arguments of `farside serve`. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** The real server program as built, on a free port, with its data in a temporary folder. */
export async function startServer(options: ServerOptions = {}): Promise<FarsideServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'farside-e2e-data-'));
  // The worker's package, built before: on a busy machine that takes longer than the tests.
  const built = process.env['FARSIDE_E2E_LIBRARIES'];
  if (built !== undefined) cpSync(built, join(dataDir, 'r'), { recursive: true });
  let web = await serve(dataDir, 0, options);
  const { url } = web;
  return {
    url,
    log: () => web.log(),
    stopWeb: () => endGroup(web.child),
    killNodes: async () => {
      const gone = new Promise((resolve) => web.child.once('exit', resolve));
      process.kill(computePid(dataDir), 'SIGKILL');
      web.child.kill('SIGKILL');
      await gone;
    },
    client: () => signedIn(url),
    startWeb: async () => {
      web = await serve(dataDir, Number(new URL(url).port), options);
    },
    stop: async () => {
      await endSessions(url);
      await endGroup(web.child);
      await endCompute(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

interface Web {
  readonly child: ChildProcess;
  readonly url: string;
  readonly log: () => string;
}

async function serve(dataDir: string, port: number, options: ServerOptions): Promise<Web> {
  const program = join(root, 'dist', 'farside.mjs');
  const args = [program, 'serve', '--port', String(port), '--data-dir', dataDir, ...(options.args ?? [])];
  const env = { ...process.env, FARSIDE_ADMIN_PASSWORD: ADMIN.password, ...options.env };
  const child = spawn(process.execPath, args, { env, detached: true });
  const log = output(child);
  const address = (): string | undefined => /ready at (https?:\/\/\S+)/.exec(log())?.[1];
  const started = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`farside serve ended\n${log()}`);
    return address() !== undefined;
  };
  await until(started, START_MS, () => `farside serve\n${log()}`);
  return { child, url: address() as string, log };
}

/** Workers outlive every server process by design: a test ends what it started. */
async function endSessions(url: string): Promise<void> {
  const client = await signedIn(url);
  for (const { id, state } of await client.call('sessions'))
    if (state.state !== 'ended') await client.call('closeSessionByForce', { params: { id } });
  client.dispose();
}

async function signedIn(url: string): Promise<FarsideClient> {
  const client = new FarsideClient({ url, tokens: memoryTokenStore() });
  await client.signIn(ADMIN.user, ADMIN.password);
  return client;
}

const computePid = (dataDir: string): number =>
  (JSON.parse(readFileSync(join(dataDir, 'compute.json'), 'utf8')) as { pid: number }).pid;

async function endCompute(dataDir: string): Promise<void> {
  if (!existsSync(join(dataDir, 'compute.json'))) return;
  const pid = computePid(dataDir);
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(pid, name);
    } catch {
      return false;
    }
  };
  signal('SIGTERM');
  await until(
    () => Promise.resolve(!signal(0)),
    END_MS,
    () => 'the compute node to end',
  );
}
