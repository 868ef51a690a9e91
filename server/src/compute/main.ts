import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join, resolve } from 'node:path';
import { FarsideError } from '@farside/protocol';
import type { Logger } from 'pino';
import { SiteLibrary, siteLibraryOf } from '../library/siteLibrary.ts';
import { mrsdeployLibrary, workerLibrary } from '../runtime/buildPackage.ts';
import { findR } from '../runtime/findR.ts';
import { tryLock } from '../runtime/lock.ts';
import { socketPath } from '../runtime/socketPath.ts';
import { COMPUTE_PROTOCOL, ComputeFile } from './api.ts';
import { computeFiles } from './files.ts';
import { helpRoutes } from './help/routes.ts';
import { Help } from './help/service.ts';
import { nodeRoutes } from './http/nodeRoutes.ts';
import { findScope } from './launch/scope.ts';
import { removeHelperDirs } from './helper/leftovers.ts';
import { plotRoutes } from './plots/routes.ts';
import { controlRoutes, sessionRoutes } from './http/sessionRoutes.ts';
import { Plots } from './plots/service.ts';
import { createComputeServer } from './server.ts';
import { SessionRegistry } from './sessions/registry.ts';

const DIRECTORY_MODE = 0o700;
const SECRET_BYTES = 32;

export interface ComputeOptions {
  readonly dataDir: string;
  readonly log: Logger;
  /** The R to use (--r). */
  readonly r?: string;
  /** The version it claims to be; only tests say another. */
  readonly protocol?: number;
  /** Told what takes long. */
  readonly onProgress?: (text: string) => void;
}

/** A compute node that serves. */
export interface ComputeNode {
  /** Resolves when it has stopped, asked over its socket or by {@link close}. */
  readonly stopped: Promise<void>;
  /** Stops serving; the workers live on. */
  close(): Promise<void>;
}

/** Starts the compute node of a data directory: the one place where its parts are put together. */
export async function runCompute(options: ComputeOptions): Promise<ComputeNode> {
  const { log, onProgress, protocol = COMPUTE_PROTOCOL } = options;
  const dataDir = resolve(options.dataDir);
  const files = computeFiles(dataDir);
  makeDataDir(dataDir);
  const lock = tryLock(files.lock);
  if (!lock) throw new FarsideError('dataDirServed', { dir: dataDir, pid: servingPid(files.info) });
  try {
    const r = await findR(options.r);
    const library = await workerLibrary(r, { libraries: files.libraries, onProgress });
    const { dir: siteLibrary } = new SiteLibrary(siteLibraryOf(dataDir, r.version));
    const mrsdeploy = bundled(mrsdeployLibrary(r, { libraries: files.libraries, site: siteLibrary }), log);
    const runtime = { r, library, siteLibrary, mrsdeploy, scope: await findScope() };
    const sessions = new SessionRegistry(files.sessions, runtime, log);
    removeHelperDirs();
    await sessions.adopt();
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const stopping = Promise.withResolvers<void>();
    const plots = new Plots(runtime);
    const help = new Help(runtime);
    const routes = [
      ...sessionRoutes(sessions),
      ...controlRoutes(sessions),
      ...plotRoutes((id) => sessions.get(id), plots),
      ...helpRoutes((id) => sessions.get(id), help),
      ...nodeRoutes({ runtime, sessions, protocol, shutdown: stopping.resolve }),
    ];
    const server = createComputeServer({ sessions, routes, secret, log });
    await listen(server, dataDir);
    publish(files.info, { pid: process.pid, protocol, secret });
    log.info(
      { dataDir, r, sessions: sessions.size, scopes: runtime.scope !== undefined },
      'compute node serves',
    );
    const stopped = stopping.promise.then(async () => {
      server.close();
      server.closeAllConnections();
      plots.dispose();
      help.dispose();
      await sessions.release();
      rmSync(files.info, { force: true });
      lock.release();
      log.info('compute node stopped');
    });
    return { stopped, close: () => (stopping.resolve(), stopped) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Sessions do without it until it is built, or where R lacks the packages that it needs. */
function bundled(building: Promise<string>, log: Logger): () => string | undefined {
  let library: string | undefined;
  building.then(
    (built) => (library = built),
    (err: unknown) =>
      log.info({ err }, 'sessions have no mrsdeploy: farside library install curl jsonlite cli'),
  );
  return () => library;
}

function makeDataDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: DIRECTORY_MODE });
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FarsideError('dataDirNotWritable', { dir, reason }, { cause: error });
  }
}

async function listen(server: Server, dataDir: string): Promise<void> {
  const name = computeFiles(dataDir).socket;
  rmSync(join(dataDir, name), { force: true });
  const path = socketPath(dataDir, name);
  server.listen(path.path);
  await once(server, 'listening');
  path.close();
}

function publish(path: string, content: ComputeFile): void {
  writeFileSync(`${path}.new`, JSON.stringify(content), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function servingPid(info: string): number | string {
  try {
    return ComputeFile.parse(JSON.parse(readFileSync(info, 'utf8'))).pid;
  } catch {
    return 'unknown';
  }
}
