import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FarsideClient, fixedTokenStore, putFile } from '@farside/client';
import { INPUT_ID_BYTES, Tombstone, fromUtf8, type SessionInfo } from '@farside/protocol';
import { computeFiles } from '../src/compute/files.ts';
import { productRoot } from '../src/runtime/productRoot.ts';
import { ask, newSession, signIn } from './support/api.ts';
import { computePid, isAlive, startServer, type TestServer } from './support/server.ts';
import { connect, TestAttachment } from './support/socket.ts';
import { sha256 } from './support/tus.ts';

const DISK_MB = 48;
const LOOK_MS = 20;
const mount = mkdtempSync(join(tmpdir(), 'farside-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', mount]).status === 0;
/** What the tests' own client has, beside the small disk. */
const elsewhere = mkdtempSync(join(tmpdir(), 'farside-beside-'));
const servers: TestServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.stop();
  if (mounted) spawnSync('umount', ['-l', mount]);
  for (const dir of [mount, elsewhere]) rmSync(dir, { recursive: true, force: true });
});

/** Takes all the room there is; returns how to give it back, which may be done twice. */
function fill(): () => void {
  const path = join(mount, 'full');
  const file = openSync(path, 'w');
  for (const size of [1024 * 1024, 4096, 1])
    try {
      for (;;) writeSync(file, Buffer.alloc(size, 1));
    } catch {
      // ENOSPC: once more with smaller pieces
    }
  closeSync(file);
  return () => rmSync(path, { force: true });
}

/** A server on the small disk; the worker's package lies elsewhere, as it would on a machine with a full /home. */
async function serverOnDisk(name: string): Promise<TestServer> {
  const dataDir = join(mount, name);
  mkdirSync(dataDir, { mode: 0o700 });
  const shared = join(productRoot(), '.cache', 'test-r');
  mkdirSync(shared, { recursive: true });
  symlinkSync(shared, computeFiles(dataDir).libraries);
  const server = await startServer({ dataDir });
  servers.push(server);
  return server;
}

describe.skipIf(!mounted)('on a full disk', () => {
  it('nothing ends, everything says why, and goes on when there is room', async () => {
    const server = await serverOnDisk('whole');
    const api = await signIn(server);
    const id = await newSession(api);
    const socket = await connect(server.url, api.tokens.access_token);
    const a = await TestAttachment.open(socket, id);
    a.input('cat("be", "fore\\n", sep = "")\n', 1);
    await a.untilText('before\n');
    await a.until(() => a.records.at(-1)?.type === 'P');

    const free = fill();
    const refused = await api.ask('startSession', { body: { name: 'no room' } });
    expect([refused.status, refused.text]).toEqual([507, expect.stringContaining('disk')]);
    const again = await ask(server.url, 'login', {
      body: { username: server.username, password: server.password },
    });
    expect([again.status, again.text]).toEqual([507, expect.stringContaining('disk')]);
    expect((await api.ask('sessions')).json<SessionInfo[]>().map((one) => one.id)).toEqual([id]);
    expect((await api.ask('status')).status).toBe(200);
    // An input that can not be written down is refused, with the reason, and never run. Longer than what is left of
    // the journal's last page, which the disk has given already.
    a.input(`cat("never\\n") # ${'x'.repeat(10_000)}\n`, 2);
    await a.until(() => a.records.some((r) => r.type === 'n'));
    const refusal = a.records.find((r) => r.type === 'n')?.payload.subarray(INPUT_ID_BYTES);
    expect(fromUtf8(refusal ?? new Uint8Array())).toMatch(/disk|written/);
    const client = 'f00dfeedf00dfeed';
    const long = { client, counter: 1, text: `cat("never\\n") # ${'x'.repeat(10_000)}\n` };
    const input = await api.ask('sendInput', { params: { id }, body: long });
    expect([input.status, input.text]).toEqual([507, expect.stringContaining('disk')]);
    expect([isAlive(server.pid), isAlive(computePid(server.dataDir))]).toEqual([true, true]);

    free();
    a.input('cat("af", "ter\\n", sep = "")\n', 3);
    await a.untilText('after\n');
    expect(a.text()).not.toContain('never\n');
    expect(await newSession(api)).toMatch(/\S/);
    expect((await signIn(server)).tokens.token_type).toBe('Bearer');
    socket.close();
  });

  it('an upload is refused with the reason, and goes on where it stopped when there is room', async () => {
    const server = await serverOnDisk('uploads');
    const api = await signIn(server);
    const session = await newSession(api);
    const from = join(elsewhere, 'file');
    writeFileSync(from, Buffer.alloc(60_000_000, 'farside'));
    const tokens = fixedTokenStore(api.tokens.access_token);
    const client = new FarsideClient({ url: server.url, tokens, userAgent: 'test' });
    let first: number | undefined;
    const job = { session, from, path: 'file', memory: join(elsewhere, 'memory') };
    await expect(putFile(client, job)).rejects.toMatchObject({ code: 'diskFull' });
    const { workdir } = (await api.ask('session', { params: { id: session } })).json<SessionInfo>();
    expect(existsSync(join(workdir, 'file'))).toBe(false);
    spawnSync('mount', ['-o', `remount,size=${3 * DISK_MB}m`, mount]);
    const { hash } = await putFile(client, {
      ...job,
      onProgress: (step, bytes) => void (step === 'sending' && bytes > 0 && (first ??= bytes)),
    });
    expect(sha256(readFileSync(join(workdir, 'file')))).toBe(hash);
    // Not from its beginning: the first piece that was sent lay behind what had found room.
    expect(first).toBeGreaterThan(16 * 1024 * 1024);
    client.dispose();
  });

  it('what R prints meanwhile is named as lost; what it printed before and after is there', async () => {
    const server = await serverOnDisk('output');
    const api = await signIn(server);
    const id = await newSession(api);
    const socket = await connect(server.url, api.tokens.access_token);
    const a = await TestAttachment.open(socket, id);
    const code = [
      'writeLines("x", "room"); writeLines("x", "begun"); cat("first\\n")',
      'while (file.exists("room")) Sys.sleep(0.01)',
      'for (i in 1:20000) cat("lost perhaps", i, "\\n")',
      'invisible(file.remove("begun"))',
      'while (!file.exists("freed")) Sys.sleep(0.01)',
      'cat("la", "st\\n", sep = "")',
    ].join('; ');
    a.input(`${code}\n`, 1);
    await a.untilText('first\n');
    const workdir = (await api.ask('session', { params: { id } })).json<SessionInfo>().workdir;
    const free = fill();
    // On a full disk a file can still be removed: so R hears that it is full, and says that it has printed.
    rmSync(join(workdir, 'room'));
    while (existsSync(join(workdir, 'begun'))) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    free();
    closeSync(openSync(join(workdir, 'freed'), 'w'));
    await a.untilText('last\n');
    const stones = a.records
      .filter((r) => r.type === 'T')
      .map((r) => Tombstone.parse(JSON.parse(fromUtf8(r.payload))));
    expect(stones.length).toBeGreaterThan(0);
    for (const stone of stones) expect(stone.reason).toBe('disk full');
    expect(a.text()).toContain('first\n');
    socket.close();
  });
});

it('a data directory whose path is far longer than a socket’s may be is served like any other', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'farside-long-'));
  const dataDir = join(parent, 'd'.repeat(100), 'ä'.repeat(100));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const shared = join(productRoot(), '.cache', 'test-r');
  mkdirSync(shared, { recursive: true });
  symlinkSync(shared, computeFiles(dataDir).libraries);
  const server = await startServer({ dataDir });
  const api = await signIn(server);
  const id = await newSession(api);
  const body = { code: 'cat(6 * 7)' };
  const answer = await api.ask('executeCode', { params: { id }, body });
  expect(answer.json<object>()).toMatchObject({ consoleOutput: '42' });
  await server.stop();
  rmSync(parent, { recursive: true, force: true });
});
