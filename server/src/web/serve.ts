import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { FarsideError, toErrorBody } from '@farside/protocol';
import type { ComputeClient } from '../compute/client.ts';
import { ensureCompute } from '../compute/ensure.ts';
import type { ServeConfig } from '../config.ts';
import { Sync } from '../files/sync.ts';
import { findR } from '../runtime/findR.ts';
import { openStore, type Store } from '../store/store.ts';
import { openDirectory } from './auth/directory/directory.ts';
import { Identities } from './auth/identities.ts';
import { loadKeys } from './auth/keys.ts';
import { checkPasswordLength } from './auth/passwords.ts';
import { SignIns } from './auth/signIns.ts';
import { Users } from './auth/users.ts';
import { Cleanup } from './cleanup.ts';
import { lockDataDir, prepareDataDir, writeServeInfo } from './dataDir.ts';
import { dataFiles, type DataFiles } from './dataFiles.ts';
import type { WebDeps } from './deps.ts';
import { Executions } from './execute/executions.ts';
import { createApp } from './http/app.ts';
import { makeJobs } from './jobs/make.ts';
import { listenLocal, listenPublic, urlOf } from './listen.ts';
import { Exports } from './objects/exports.ts';
import { Sessions } from './sessions.ts';
import { Snapshots } from './snapshots/snapshots.ts';
import { tellChanges, tellNews } from './socket/changes.ts';
import { createSocketServer, serveSockets } from './socket/server.ts';

/** Uploads and exports that nobody goes on with are looked for this often. */
const CLEAN_UP_EVERY_MS = 60 * 60_000;
const SECRET_BYTES = 32;

export interface ServeContext {
  readonly log: Logger;
  /** For the first account, instead of a generated one. */
  readonly adminPassword?: string;
  /** Told what takes long. */
  readonly onProgress?: (text: string) => void;
}

/** A web node that serves. */
export interface RunningServer {
  readonly url: string;
  /** Of the account that was made by this start. */
  readonly firstPassword?: string;
  /** Stops serving; the compute node and its sessions go on. */
  close(): Promise<void>;
}

/** Starts a web node: the one place where its parts are put together. Undoes what it did when a part fails. */
export async function serve(config: ServeConfig, context: ServeContext): Promise<RunningServer> {
  const cleanup = new Cleanup();
  try {
    return await start(config, context, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(config: ServeConfig, context: ServeContext, cleanup: Cleanup): Promise<RunningServer> {
  const { log, onProgress } = context;
  const files = dataFiles(config.dataDir);
  // Said before anything is started that would have to be stopped again.
  if (context.adminPassword) checkPasswordLength(context.adminPassword);
  prepareDataDir(config.dataDir, files);
  const lock = lockDataDir(config.dataDir, files);
  cleanup.add(() => lock.release());
  const store = await openStore(files.database);
  cleanup.add(() => store.close());
  const { signIns, users } = accounts(config, files, store);
  await users.checkIsolation();
  await findR(config.r);

  let handler: RequestListener = starting;
  const server = await listenPublic(config, (req, res) => handler(req, res));
  cleanup.add(stopper(server));
  const { r, spares } = config;
  const compute = await ensureCompute(config.dataDir, { r, spares, onProgress });
  cleanup.add(() => compute.close());
  const admin = config.localAccounts ? await users.createAdmin(context.adminPassword) : undefined;
  const identities = await identitiesOf(config, signIns, log);

  const deps = makeDeps(config, { files, log, store, compute, signIns, users, identities });
  await deps.snapshots.cleanUp();
  const { app, cleanUp } = createApp(deps);
  const io = createSocketServer(deps);
  handler = app as RequestListener;
  serveSockets(io, server);
  cleanup.add(() => void io.disconnectSockets(true));
  const local = await listenLocal(config.dataDir, handler);
  cleanup.add(stopper(local));

  cleanup.add(() => deps.jobs.stop());
  const stopping = new AbortController();
  cleanup.add(() => stopping.abort());
  tellNews(io, deps, stopping.signal);
  void tellChanges(io, deps, stopping.signal);
  const tidy = (): void =>
    void Promise.all([cleanUp(), deps.exports.sweep()]).catch((err: unknown) => log.warn({ err }));
  tidy();
  const timer = setInterval(tidy, CLEAN_UP_EVERY_MS);
  cleanup.add(() => clearInterval(timer));

  const url = urlOf(server, config);
  writeServeInfo(files, { pid: process.pid, url, secret: deps.localSecret });
  cleanup.add(() => rmSync(files.info, { force: true }));
  log.info({ url, dataDir: config.dataDir, isolation: config.isolation }, 'web node serves');
  return {
    url,
    ...(admin?.generated && { firstPassword: admin.password }),
    close: async () => {
      await cleanup.run();
      log.info('web node stopped');
    },
  };
}

function accounts(config: ServeConfig, files: DataFiles, store: Store): { signIns: SignIns; users: Users } {
  const signIns = new SignIns({ store, keys: loadKeys(files.keys) });
  return { signIns, users: new Users(store, signIns, config.isolation === 'none') };
}

async function identitiesOf(config: ServeConfig, signIns: SignIns, log: Logger): Promise<Identities> {
  const { localAccounts, directory } = config;
  return new Identities({
    signIns,
    localAccounts,
    ...(directory && { directory: await openDirectory(directory, log) }),
  });
}

type Parts = Pick<WebDeps, 'files' | 'log' | 'store' | 'signIns' | 'users' | 'identities'> & {
  compute: ComputeClient;
};

function makeDeps(config: ServeConfig, parts: Parts): WebDeps {
  const { store, compute, files } = parts;
  const sessions = new Sessions({ store, compute, files, ...config });
  return {
    config,
    ...parts,
    sessions,
    jobs: makeJobs(config, { ...parts, sessions }),
    snapshots: new Snapshots({ ...parts, sessions }),
    sync: new Sync(store.syncedFiles),
    exports: new Exports({ compute, files, maxFileBytes: config.maxFileBytes }),
    executions: new Executions(compute, (session) => files.runs(session)),
    localSecret: randomBytes(SECRET_BYTES).toString('base64url'),
  };
}

/** The port is taken before the long part of the start, so that its being in use is said first. */
const starting: RequestListener = (_req, res) => {
  const error = new FarsideError('computeDown', { reason: 'the server is starting' });
  res.writeHead(error.status, { 'content-type': 'application/json', 'retry-after': '1' });
  res.end(JSON.stringify(toErrorBody(error)));
};

/** How to stop a server. Its own list has no connections that became WebSockets, in the handshake among them. */
function stopper(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    return closed;
  };
}
