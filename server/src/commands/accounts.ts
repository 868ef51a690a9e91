import { accessSync, constants, rmSync } from 'node:fs';
import { request } from 'node:http';
import { resolve } from 'node:path';
import { ENDPOINTS, FarsideError, fillPath, fromErrorBody, type EndpointName } from '@farside/protocol';
import { socketPath } from '../runtime/socketPath.ts';
import { openStore } from '../store/store.ts';
import { loadKeys } from '../web/auth/keys.ts';
import { SignIns } from '../web/auth/signIns.ts';
import { Users } from '../web/auth/users.ts';
import { lockDataDir, readServeInfo } from '../web/dataDir.ts';
import { dataFiles, LOCAL_SOCKET, type DataFiles } from '../web/dataFiles.ts';

/** What `farside user` does, whoever does it. */
export interface Accounts extends AsyncDisposable {
  list(): Promise<{ name: string; admin: boolean }[]>;
  add(name: string, password: string): Promise<void>;
  remove(name: string): Promise<void>;
  setPassword(name: string, password: string): Promise<void>;
}

/** The accounts of a data directory: through its server when it runs, else in its database. */
export async function openAccounts(dir: string): Promise<Accounts> {
  const dataDir = resolve(dir);
  const files = dataFiles(dataDir);
  requireData(dataDir, files);
  try {
    return await direct(dataDir, files);
  } catch (error) {
    if (!(error instanceof FarsideError) || error.code !== 'dataDirServed') throw error;
    return throughServer(dataDir, files);
  }
}

function requireData(dir: string, files: DataFiles): void {
  try {
    accessSync(files.database, constants.R_OK | constants.W_OK);
  } catch (error) {
    const reason = 'there is no database that can be written; start `farside serve` there first';
    throw new FarsideError('dataDirNotWritable', { dir, reason }, { cause: error });
  }
}

/** Without a server: the number of users is checked when one starts. */
async function direct(dataDir: string, files: DataFiles): Promise<Accounts> {
  const lock = lockDataDir(dataDir, files);
  const store = await openStore(files.database);
  const users = new Users(store, new SignIns({ store, keys: loadKeys(files.keys) }), true);
  return {
    list: () => users.list(),
    add: (name, password) => users.add(name, password),
    remove: async (name) => {
      await users.remove(name);
      // A later user of the same name does not inherit the packages.
      rmSync(files.packages(name), { recursive: true, force: true });
    },
    setPassword: (name, password) => users.setPassword(name, password),
    async [Symbol.asyncDispose]() {
      await store.close();
      lock.release();
    },
  };
}

function throughServer(dataDir: string, files: DataFiles): Accounts {
  const call = (name: EndpointName, params: Record<string, string>, body?: unknown) =>
    send(dataDir, files, name, params, body);
  return {
    list: async () => (await call('users', {})) as { name: string; admin: boolean }[],
    add: async (name, password) => void (await call('addUser', {}, { name, password })),
    remove: async (name) => void (await call('removeUser', { name })),
    setPassword: async (name, password) => void (await call('setPassword', { name }, { password })),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** One request over the server's local socket, with the secret that only this user can read. */
async function send(
  dataDir: string,
  files: DataFiles,
  name: EndpointName,
  params: Record<string, string>,
  body: unknown,
): Promise<unknown> {
  const info = readServeInfo(files);
  if (!info) throw new FarsideError('dataDirServed', { dir: dataDir, pid: 'unknown' });
  const { method, path } = ENDPOINTS[name];
  const socket = socketPath(dataDir, LOCAL_SOCKET);
  const base = new URL(info.url).pathname.replace(/\/$/, '');
  try {
    const { status, text } = await exchange({
      socketPath: socket.path,
      method,
      path: base + fillPath(path, params),
      headers: { authorization: `Bearer ${info.secret}` },
      body: body === undefined ? '' : JSON.stringify(body),
    });
    const value: unknown = text === '' ? undefined : JSON.parse(text);
    if (status < 400) return value;
    throw fromErrorBody(value) ?? new FarsideError('internal', { id: `status ${status}` });
  } catch (error) {
    if (error instanceof FarsideError) throw error;
    // It is just starting or stopping.
    const reason = error instanceof Error ? error.message : String(error);
    throw new FarsideError('unreachable', { url: info.url, reason }, { cause: error });
  } finally {
    socket.close();
  }
}

interface Exchange {
  socketPath: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

function exchange({ body, ...options }: Exchange): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const req = request({
      ...options,
      headers: { ...options.headers, 'content-length': Buffer.byteLength(body) },
    });
    const parts: Buffer[] = [];
    req.on('error', reject);
    req.on('response', (res) => {
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('error', reject);
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
    });
    req.end(body);
  });
}
