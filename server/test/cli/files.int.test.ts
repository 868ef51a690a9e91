import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FileEntry } from '@farside/protocol';
import { productRoot } from '../../src/runtime/productRoot.ts';
import { newSession, signIn } from '../support/api.ts';
import { runFarside, startServer, type TestServer } from '../support/server.ts';
import { sha256 } from '../support/tus.ts';

let server: TestServer;
let env: NodeJS.ProcessEnv;
const dir = mkdtempSync(join(tmpdir(), 'farside-cli-files-'));
beforeAll(async () => {
  server = await startServer();
  env = {
    FARSIDE_URL: server.url,
    FARSIDE_USER: server.username,
    FARSIDE_PASSWORD: server.password,
    HOME: dir,
    XDG_CONFIG_HOME: '',
    XDG_STATE_HOME: '',
    XDG_CACHE_HOME: join(dir, 'cache'),
  };
  await newSession(await signIn(server), { name: 'work' });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});
const files = (...args: string[]) => runFarside(['files', ...args], { env });

test('files are sent, listed, fetched and deleted', async () => {
  expect((await files('list', 'work')).stdout).toBe('There are no files.\n');
  const from = join(dir, 'a file.csv');
  writeFileSync(from, 'x,y\n1,2\n');
  const put = await files('put', 'work', from, 'sub folder/ü.csv');
  expect(put).toMatchObject({ status: 0, stdout: '' });
  expect(put.stderr).toContain(sha256('x,y\n1,2\n'));
  expect((await files('put', 'work', from)).status).toBe(0);
  const listed = JSON.parse((await files('list', 'work', '--json')).stdout) as FileEntry[];
  expect(listed.map(({ path }) => path)).toEqual(['a file.csv', 'sub folder/ü.csv']);
  expect((await files('list', 'work')).stdout).toContain('8 B');
  expect((await files('get', 'work', 'sub folder/ü.csv', dir)).status).toBe(0);
  expect(readFileSync(join(dir, 'ü.csv'), 'utf8')).toBe('x,y\n1,2\n');
  expect((await files('delete', 'work', 'sub folder/ü.csv', 'sub folder')).status).toBe(0);
  expect((await files('list', 'work')).stdout).not.toContain('ü.csv');
});

test('what can not be is said: another file there, none there, none here', async () => {
  const from = join(dir, 'other');
  writeFileSync(from, 'other content');
  const conflict = await files('put', 'work', from, 'a file.csv');
  expect([conflict.status, conflict.stderr]).toEqual([1, expect.stringContaining('changed on the server')]);
  expect((await files('put', 'work', from, 'a file.csv', '--overwrite')).status).toBe(0);
  const gone = await files('get', 'work', 'nothing', dir);
  expect([gone.status, gone.stderr]).toEqual([1, expect.stringContaining('no file "nothing"')]);
  const absent = await files('put', 'work', join(dir, 'nothing'));
  expect([absent.status, absent.stderr]).toEqual([1, expect.stringContaining('of this machine')]);
  const outside = await files('put', 'work', from, '../up');
  expect([outside.status, outside.stderr]).toEqual([1, expect.stringContaining('is not allowed')]);
});

test('Ctrl-C stops a transfer on a terminal with a bar, and the same command goes on', async () => {
  const from = join(dir, 'large');
  writeFileSync(from, '');
  truncateSync(from, 60_000_000);
  const main = join(productRoot(), 'server', 'src', 'main.ts');
  const command = [process.execPath, main, 'files', 'put', 'work', from].map((word) => `'${word}'`).join(' ');
  // `script` gives the program a terminal, and tells how it ended.
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  let [shown, pressed] = ['', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (pressed || !/Sending \[#+ *\] +[2-9]\d %/.test(shown)) return;
    pressed = true;
    child.stdin.write('\u0003');
  });
  const [status] = (await once(child, 'close')) as [number];
  // It is hashed on its way.
  expect(shown).not.toContain('Reading');
  expect(shown).toContain('the same command goes on from here');
  expect(status).toBe(130);
  const again = await files('put', 'work', from);
  expect([again.status, again.stderr]).toEqual([0, expect.stringContaining('60.0 MB sent')]);
});
