import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fromUtf8, type JournalRecord, type SessionInfo } from '@farside/protocol';
import { productRoot } from '../src/runtime/productRoot.ts';
import { newSession, signIn } from './support/api.ts';
import {
  ADMIN_PASSWORD,
  computePid,
  isAlive,
  processGone,
  serveArgs,
  stopCompute,
  temporaryDataDir,
} from './support/server.ts';
import { connect, TestAttachment } from './support/socket.ts';

const units = join(productRoot(), 'server', 'systemd');
const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const dir = mkdtempSync(join(tmpdir(), 'farside-units-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A copy that names this installation and an account that is there, as an administrator would fill them in. */
function filledIn(name: string): string {
  const text = readFileSync(join(units, name), 'utf8');
  const path = join(dir, 'farside.service');
  const filled = text.replaceAll('/opt/farside', productRoot()).replace(/^(User|Group)=.*$/gm, '$1=root');
  writeFileSync(path, filled);
  return path;
}

test.skipIf(!analyze).each([
  ['farside.service', '--system'],
  ['farside-user.service', '--user'],
])('systemd finds nothing wrong with %s', (name, scope) => {
  const runtime = join(dir, 'runtime');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const { status, stdout, stderr } = spawnSync(
    'systemd-analyze',
    [scope, '--man=no', '--recursive-errors=no', 'verify', filledIn(name)],
    { encoding: 'utf8', env: { ...process.env, XDG_RUNTIME_DIR: runtime } },
  );
  const ours = (stdout + stderr).split('\n').filter((line) => line.includes('farside'));
  expect([status, ours]).toEqual([0, []]);
});

test.skipIf(!analyze)('the check finds a planted mistake', () => {
  const path = filledIn('farside.service');
  writeFileSync(path, readFileSync(path, 'utf8').replace('KillMode=process', 'KillMode=nobody'));
  const { stderr } = spawnSync('systemd-analyze', ['--system', '--man=no', 'verify', path], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/kill mode/);
});

test.each(['farside.service', 'farside-user.service'])('%s leaves workers alone at a stop', (name) => {
  const text = readFileSync(join(units, name), 'utf8');
  expect(text).toMatch(/^KillMode=process$/m);
  expect(text).toMatch(/^OOMPolicy=continue$/m);
  expect(text).not.toMatch(/^(PrivateTmp|RuntimeDirectory)=/m);
});

test('when all that a service consists of is killed, sessions go on and nothing is lost', async () => {
  const dataDir = temporaryDataDir();
  const first = await startService(dataDir);
  const api = await signIn({ url: first.url, username: 'admin', password: ADMIN_PASSWORD });
  const id = await newSession(api);
  const pid = (await api.ask('session', { params: { id } })).json<SessionInfo>().hello?.pid ?? 0;
  const socket = await connect(first.url, api.tokens.access_token);
  const before = await TestAttachment.open(socket, id);
  before.input('for (i in 1:20000) cat("line", i, "\\n"); x <- readline("still there? ")\n', 1);
  await before.untilText('line 500 \n');
  // What a supervisor does to a service whose control group it empties; workers are in scopes of their own.
  process.kill(-first.pid, 'SIGKILL');
  const compute = computePid(dataDir);
  process.kill(-compute, 'SIGKILL');
  await Promise.all([processGone(first.pid), processGone(compute)]);

  const second = await startService(dataDir);
  expect(isAlive(pid)).toBe(true);
  const again = await TestAttachment.open(await connect(second.url, api.tokens.access_token), id);
  const last = (): JournalRecord | undefined => again.records.findLast((r) => r.seq > 0);
  await again.until(() => last()?.type === 'P' && again.text().includes('line 20000 \n'));
  const lines = again.text('o').split('\n').slice(0, 20_000);
  expect(lines).toEqual(Array.from({ length: 20_000 }, (_, i) => `line ${i + 1} `));
  expect(fromUtf8(last()?.payload ?? new Uint8Array())).toBe('still there? ');
  again.input('yes\n', 2);
  await again.until(() => last()?.type === 'P' && last()?.flag === 't'.charCodeAt(0));
  socket.close();
  again.socket.close();
  process.kill(-second.pid, 'SIGTERM');
  await processGone(second.pid);
  await stopCompute(dataDir);
  expect(isAlive(pid)).toBe(false);
  rmSync(dataDir, { recursive: true, force: true });
});

/** `farside serve` as the leader of a process group, as a supervisor starts it. */
async function startService(dataDir: string): Promise<{ pid: number; url: string }> {
  const main = join(productRoot(), 'server', 'src', 'main.ts');
  const child = spawn(process.execPath, [main, ...serveArgs(dataDir)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, FARSIDE_ADMIN_PASSWORD: ADMIN_PASSWORD },
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid ?? 0, url: /ready at (\S+)/.exec(line.toString())?.[1] ?? '' };
}
