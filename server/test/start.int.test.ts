import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { SessionInfo } from '@farside/protocol';
import { ask, newSession, signIn } from './support/api.ts';
import {
  ADMIN_PASSWORD,
  AS_NOBODY,
  computePid,
  isAlive,
  runFarside,
  serveArgs,
  startServer,
  stopCompute,
  temporaryDataDir,
  type TestServer,
} from './support/server.ts';

const dirs: string[] = [];
const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(async () => {
  for (const dir of dirs) {
    await stopCompute(dir);
    rmSync(dir, { recursive: true, force: true });
  }
});
function dataDir(): string {
  const dir = temporaryDataDir();
  dirs.push(dir);
  return dir;
}
async function started(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

describe('farside serve does not start, and says why, when', () => {
  it('the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const dir = dataDir();
    const { status, stdout, stderr } = await runFarside(serveArgs(dir, { port }));
    other.close();
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `farside: Port ${port} on 127.0.0.1 is already in use. Stop the other program, or choose another port with --port.\n`,
    );
  });

  it('the data directory is not writable by this user', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'farside-readonly-'));
    chmodSync(parent, 0o755);
    const dir = join(parent, 'data');
    mkdirSync(dir, { mode: 0o755 });
    dirs.push(parent);
    const main = new URL('../src/main.ts', import.meta.url).pathname;
    // Root may write everywhere, so the program runs as nobody.
    const [program = '', ...args] = [...AS_NOBODY, process.execPath, main, ...serveArgs(dir)];
    try {
      execFileSync(program, args, { stdio: 'pipe' });
      expect.unreachable();
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: Buffer };
      expect([status, stderr.toString()]).toEqual([
        1,
        expect.stringMatching(/^farside: The data directory .* is not writable/),
      ]);
    }
  });

  it('the data directory is a file, or below one', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'farside-file-'));
    dirs.push(dir);
    writeFileSync(join(dir, 'file'), '');
    for (const path of ['file', 'file/below']) {
      const { status, stderr } = await runFarside(serveArgs(join(dir, path)));
      expect([status, stderr]).toEqual([1, expect.stringContaining('is not writable')]);
    }
  });

  it('the data directory holds other things that others may see', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'farside-others-'));
    dirs.push(dir);
    writeFileSync(join(dir, 'theirs'), '');
    chmodSync(dir, 0o755);
    const { status, stderr } = await runFarside(serveArgs(dir));
    expect([status, stderr]).toEqual([1, expect.stringContaining('choose an empty one')]);
    expect(statSync(dir).mode & 0o777).toBe(0o755);
  });

  it('the data directory is served already', async () => {
    const server = await started();
    const { status, stderr } = await runFarside(serveArgs(server.dataDir));
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`is already served by process ${server.pid}.`),
    ]);
  });

  it('there is no R, or it is too old', async () => {
    const dir = dataDir();
    const missing = await runFarside(serveArgs(dir, { args: ['--r', '/nowhere/R'] }));
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining('No R was found')]);
    const old = join(dir, 'R');
    writeFileSync(old, '#!/bin/sh\necho "R version 3.6.3 (2020-02-29)"\n', { mode: 0o755 });
    const { status, stderr } = await runFarside(serveArgs(dir, { args: ['--r', old] }));
    expect([status, stderr]).toEqual([1, expect.stringContaining('R 3.6.3')]);
  });

  it('the first password is too short', async () => {
    const env = { FARSIDE_ADMIN_PASSWORD: 'short' };
    const { status, stderr } = await runFarside(serveArgs(dataDir()), { env });
    expect([status, stderr]).toEqual([1, expect.stringContaining('at least 8 characters')]);
  });

  it.each([
    [['--port', 'abc'], '--port'],
    [['--memory-limit', 'lots'], '--memory-limit'],
    [['--tls-cert', '/nowhere', '--tls-key', '/nowhere'], '--tls-cert'],
    [['--isolation', 'some'], '--isolation'],
  ])('an option is wrong: %j', async (args, name) => {
    const { status, stderr } = await runFarside(serveArgs(dataDir(), { args }));
    expect([status === 0, stderr]).toEqual([false, expect.stringContaining(name)]);
  });
});

describe('farside serve', () => {
  it('makes an account with a one-time password, shown once', async () => {
    const dir = dataDir();
    const first = await started({ dataDir: dir, env: { FARSIDE_ADMIN_PASSWORD: '' } });
    const password = /^ {2}(\S{24})$/m.exec(first.stderr())?.[1] ?? '';
    expect((await signIn(first, 'admin', password)).tokens.token_type).toBe('Bearer');
    await first.endWebNode();
    const second = await started({ dataDir: dir, env: { FARSIDE_ADMIN_PASSWORD: 'ignored now' } });
    expect(second.stderr()).not.toMatch(/password/);
    expect((await signIn(second, 'admin', password)).tokens.token_type).toBe('Bearer');
  });

  it('keeps everything to its owner', async () => {
    const { dataDir: dir } = await started();
    const modeOf = (path: string) => (statSync(join(dir, path)).mode & 0o777).toString(8);
    expect(modeOf('.')).toBe('700');
    for (const path of ['keys', 'serve.json', 'farside.sqlite', 'compute.json', 'logs/web.log'])
      expect([path, modeOf(path)]).toEqual([path, '600']);
  });

  it('limits the memory of R where asked, and says what was applied', async () => {
    const server = await started({ args: ['--memory-limit', '2G'] });
    const api = await signIn(server);
    const id = await newSession(api);
    const info = (await api.ask('session', { params: { id } })).json<SessionInfo>();
    expect(info.hello?.limits).toEqual({ memory: 2 * 1024 ** 3 });
    const body = { code: 'x <- numeric(4e8)' };
    const answer = await api.ask('executeCode', { params: { id }, body });
    expect(answer.json<object>()).toMatchObject({ errorMessage: expect.stringContaining('cannot allocate') });
    const after = await api.ask('executeCode', { params: { id }, body: { code: 'cat("alive")' } });
    expect(after.json<object>()).toMatchObject({ consoleOutput: 'alive' });
  });

  it('killed and started again finds compute node, sessions and sign-ins', async () => {
    const dir = dataDir();
    const first = await started({ dataDir: dir });
    const api = await signIn(first);
    const id = await newSession(api);
    await api.ask('executeCode', { params: { id }, body: { code: 'kept <- 42' } });
    const pid = computePid(dir);
    await first.endWebNode('SIGKILL');
    const second = await started({ dataDir: dir });
    expect(computePid(dir)).toBe(pid);
    const token = api.tokens.access_token;
    const body = { code: 'cat(kept)' };
    const answer = await ask(second.url, 'executeCode', { params: { id }, body }, token);
    expect(answer.json<object>()).toMatchObject({ consoleOutput: '42' });
  });

  it('starts the compute node again when it was killed; a running execution goes on', async () => {
    const server = await started();
    const api = await signIn(server);
    const id = await newSession(api);
    const code = 'writeLines("x", "begun"); while (!file.exists("go")) Sys.sleep(0.01); cat("went on")';
    const running = api.ask('executeCode', { params: { id }, body: { code } });
    const begun = async () => (await api.ask('listSessionFiles', { params: { id } })).text.includes('begun');
    while (!(await begun()));
    const pid = computePid(server.dataDir);
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await new Promise(setImmediate);
    const form = new FormData();
    form.append('file', new File(['1'], 'go'));
    expect((await api.ask('uploadSessionFile', { params: { id }, raw: { body: form } })).status).toBe(201);
    expect((await running).json<object>()).toMatchObject({ success: true, consoleOutput: 'went on' });
    expect(computePid(server.dataDir)).not.toBe(pid);
  });
});

describe('farside user', () => {
  const user = (dir: string, args: string[], input = '') =>
    runFarside(['user', ...args, '--data-dir', dir], { input });

  it('manages accounts with and without a server; two users need a decision', async () => {
    const dir = dataDir();
    const server = await started({ dataDir: dir });
    expect((await user(dir, ['list'])).stdout).toBe('admin (administrator)\n');
    const refused = await user(dir, ['add', 'ann'], 'long enough\n');
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('--isolation=none')]);
    await server.endWebNode();

    expect((await user(dir, ['add', 'ann'], 'long enough\n')).stdout).toBe('User ann was added.\n');
    const start = await runFarside(serveArgs(dir));
    expect([start.status, start.stderr]).toEqual([1, expect.stringContaining('--isolation=none')]);

    const open = await started({ dataDir: dir, args: ['--isolation=none'] });
    expect((await ask(open.url, 'about')).json<object>()).toMatchObject({
      isolation: 'none',
      notice: expect.stringContaining('one system user'),
    });
    const admin = await signIn(open);
    expect((await admin.ask('status')).text).toContain('one system user');
    expect((await user(dir, ['add', 'bob'], 'long enough\n')).status).toBe(0);
    const bob = await signIn(open, 'bob', 'long enough');
    expect((await bob.ask('users')).status).toBe(403);
    expect(
      (await bob.ask('setPassword', { params: { name: 'ann' }, body: { password: 'stolen it' } })).status,
    ).toBe(403);

    expect((await user(dir, ['password', 'bob'], 'another one\n')).status).toBe(0);
    expect((await bob.ask('sessions')).status).toBe(401);
    expect((await user(dir, ['password', 'bob'], 'short\n')).stderr).toContain('too short');
    const again = await signIn(open, 'bob', 'another one');
    const id = await newSession(again);
    expect((await user(dir, ['remove', 'bob'])).status).toBe(0);
    expect((await again.ask('session', { params: { id } })).status).toBe(401);
    expect((await user(dir, ['remove', 'nobody'])).stderr).toContain('no user "nobody"');
    expect((await user(dir, ['remove', 'admin'])).stderr).toContain('last administrator');
  });

  it('works on one administrator whose password was lost', async () => {
    const dir = dataDir();
    await (await started({ dataDir: dir })).endWebNode();
    expect((await user(dir, ['password', 'admin'], 'found again\n')).status).toBe(0);
    const server = await started({ dataDir: dir });
    expect((await signIn(server, 'admin', 'found again')).tokens.expires_in).toBe(3600);
    await expect(signIn(server, 'admin', ADMIN_PASSWORD)).rejects.toThrow('wrong');
  });

  it('says when there is no server’s data', async () => {
    const { status, stderr } = await user('/nowhere', ['list']);
    expect([status, stderr]).toEqual([1, expect.stringContaining('farside serve')]);
  });
});
