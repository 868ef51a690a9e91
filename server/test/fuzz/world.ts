import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SessionInfo } from '@farside/protocol';
import { newSession, signIn, type Api } from '../support/api.ts';
import { isAlive, startServer, type TestServer } from '../support/server.ts';

/** Stands in every file that nobody may get to see. */
export const SECRET = 'b7c1-the-secret-of-somebody-else';
const PASSWORD = 'long enough';
const MIB = 1024 ** 2;
/** A web node at rest has some 150 MB; the largest body is 33 MB, and a few may be under way. */
const MOST_RSS = 900 * MIB;

/** A server with an attacker who is signed in, a victim, and traps where nothing may be read or written. */
export interface World {
  readonly server: TestServer;
  /** Signed in as a user without rights. */
  readonly attacker: Api;
  readonly session: string;
  readonly workdir: string;
  readonly victim: Api;
  readonly victimSession: string;
  /** A directory outside, with a secret. Links in the working directory lead there. */
  readonly outside: string;
  /** Throws when anything outside changed, the server died, or grew beyond what it may need. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

export async function makeWorld(args: readonly string[] = []): Promise<World> {
  const outside = mkdtempSync(join(tmpdir(), 'farside-outside-'));
  writeFileSync(join(outside, 'secret.txt'), SECRET);
  const server = await startServer({ args: ['--isolation=none', ...args] });
  const admin = await signIn(server);
  for (const name of ['attacker', 'victim'])
    await admin.ask('addUser', { body: { name, password: PASSWORD } });
  const [attacker, victim] = await Promise.all([
    signIn(server, 'attacker', PASSWORD),
    signIn(server, 'victim', PASSWORD),
  ]);
  const [session, victimSession] = [await newSession(attacker), await newSession(victim)];
  const workdir = await workdirOf(attacker, session);
  const victimDir = await workdirOf(victim, victimSession);
  writeFileSync(join(victimDir, 'private.txt'), SECRET);
  setTraps(workdir, outside);
  const guarded = [outside, victimDir, join(server.dataDir, 'keys')];
  const before = guarded.map(digest);
  return {
    server,
    attacker,
    session,
    workdir,
    victim,
    victimSession,
    outside,
    async check() {
      expect(guarded.map(digest)).toEqual(before);
      expect(isAlive(server.pid) && isAlive(server.computePid())).toBe(true);
      await signIn(server);
      expect(rssOf(server.pid)).toBeLessThan(MOST_RSS);
      expect(rssOf(server.computePid())).toBeLessThan(MOST_RSS);
      expect(readdirSync(join(server.dataDir, 'tmp'))).toEqual([]);
    },
    async stop() {
      await server.stop();
      rmSync(outside, { recursive: true, force: true });
    },
  };
}

const workdirOf = async (api: Api, id: string): Promise<string> =>
  (await api.ask('session', { params: { id } })).json<SessionInfo>().workdir;

/** What R could leave in its directory to fool the server. */
function setTraps(workdir: string, outside: string): void {
  symlinkSync(join(outside, 'secret.txt'), join(workdir, 'link'));
  symlinkSync(outside, join(workdir, 'dirlink'));
  symlinkSync('/dev/zero', join(workdir, 'zero'));
  symlinkSync('loop', join(workdir, 'loop'));
  symlinkSync('/proc/self/environ', join(workdir, 'environ'));
  execFileSync('mkfifo', [join(workdir, 'fifo')]);
  mkdirSync(join(workdir, 'folder'));
  writeFileSync(join(workdir, 'plain.txt'), '0123456789');
}

export function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** Names and contents of everything below. */
function digest(path: string): string {
  const hash = createHash('sha256');
  const add = (at: string): void => {
    const stats = lstatSync(at, { throwIfNoEntry: false });
    hash.update(`${at} ${stats?.mode ?? 'gone'}\n`);
    if (stats?.isDirectory()) for (const name of readdirSync(at).sort()) add(join(at, name));
    else if (stats?.isFile()) hash.update(readFileSync(at));
  };
  add(path);
  return hash.digest('hex');
}
