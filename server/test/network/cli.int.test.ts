import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productRoot } from '../../src/runtime/productRoot.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { TcpProxy } from './proxy.ts';

const MAIN = join(productRoot(), 'server', 'src', 'main.ts');
const CUT_EVERY_MS = 1500;
const LINES = 2000;
const CODE = `for (i in 1:${LINES}) { cat("line", i, "\\n"); if (i %% 25 == 0) Sys.sleep(0.05) }\n`;
const EXPECTED = Array.from({ length: LINES }, (_, i) => `line ${i + 1} \n`).join('');

let server: TestServer;
let proxy: TcpProxy;
const dir = mkdtempSync(join(tmpdir(), 'farside-network-'));
beforeAll(async () => {
  server = await startServer();
  proxy = await TcpProxy.before({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  Object.assign(proxy.weather, { latencyMs: 50, jitterMs: 50 });
});
afterAll(async () => {
  await proxy.close();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Runs a command whose connections are cut again and again from its first output on. */
async function underCuts(args: readonly string[], input = '') {
  const env = {
    ...process.env,
    HOME: dir,
    FARSIDE_URL: proxy.url,
    FARSIDE_USER: server.username,
    FARSIDE_PASSWORD: server.password,
  };
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'pipe', env });
  child.stdin.end(input);
  let [stdout, stderr] = ['', ''];
  let cuts: NodeJS.Timeout | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    // What ends the session afterwards is one REST call, which is not tried again.
    if (stdout.includes(`line ${LINES} `)) clearInterval(cuts);
    else cuts ??= setInterval(() => proxy.cut(), CUT_EVERY_MS);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const before = proxy.resets;
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(cuts);
  expect(proxy.resets - before).toBeGreaterThan(1);
  return { status, stdout, stderr };
}

test('farside run shows every byte once over many connections', async () => {
  const script = join(dir, 'lines.R');
  writeFileSync(script, CODE);
  expect(await underCuts(['run', script])).toEqual({ status: 0, stdout: EXPECTED, stderr: '' });
});

test('farside console, piped, sends each line once and shows every byte once', async () => {
  const more = Array.from({ length: 40 }, (_, i) => `n <- ${i}; cat("input", n, "\\n")\n`).join('');
  const { status, stdout } = await underCuts(['console', '--no-echo', '--prompt', ''], more + CODE);
  const inputs = Array.from({ length: 40 }, (_, i) => `input ${i} \n`).join('');
  expect(status).toBe(0);
  // R ends the line of its last prompt.
  expect(stdout).toBe(`${inputs}${EXPECTED}\n`);
});
