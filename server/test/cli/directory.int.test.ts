import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productRoot } from '../../src/runtime/productRoot.ts';
import { startIssuer, type Issuer } from '../support/directory/issuer.ts';
import { runFarside, startServer, type TestServer } from '../support/server.ts';

const run = promisify(execFile);
const MAIN = join(productRoot(), 'server', 'src', 'main.ts');

let issuer: Issuer;
let server: TestServer;
let config: string;
beforeAll(async () => {
  issuer = await startIssuer();
  server = await startServer({ args: issuer.args, env: { NODE_EXTRA_CA_CERTS: issuer.ca.file } });
  config = mkdtempSync(join(tmpdir(), 'farside-cli-config-'));
});
afterAll(async () => {
  await server.stop();
  await issuer.close();
  rmSync(config, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  FARSIDE_URL: server.url,
  NODE_EXTRA_CA_CERTS: issuer.ca.file,
  XDG_CONFIG_HOME: config,
});
const tokensFile = (): string => join(config, 'farside', 'tokens.json');

/** In a terminal of its own; what it shows. */
async function inTerminal(args: string): Promise<string> {
  const env = { ...process.env, ...environment() };
  const command = `${process.execPath} ${MAIN} ${args}; echo "code $?"`;
  return (await run('script', ['-qfec', command, '/dev/null'], { env })).stdout;
}

test('a code signs in, and is not needed again when the sign-in is kept', async () => {
  issuer.lifetime = 30;
  const first = await inTerminal('sessions list --remember');
  expect(first).toMatch(/open https:\/\/127\.0\.0\.1:\d+\/device in a browser and enter the code WXYZ2345/);
  expect(first).toContain('code 0');
  expect(statSync(tokensFile()).mode & 0o777).toBe(0o600);
  issuer.hits.length = 0;
  // It is about to end: renewed at the directory, silently.
  const again = await runFarside(['sessions', 'list'], { env: environment() });
  expect([again.status, again.stderr]).toEqual([0, '']);
  expect(issuer.hits).toContain('grant refresh_token');
});

test('a sign-in that the directory ended is asked for again', async () => {
  issuer.behaviour.refreshes = false;
  const { status, stderr } = await runFarside(['sessions', 'list'], { env: environment() });
  expect([status, stderr]).toEqual([1, expect.stringContaining('does not renew the sign-in: AADSTS')]);
  expect(readFileSync(tokensFile(), 'utf8')).not.toContain(server.url);
});

test('a code that is declined is an error with the reason', async () => {
  issuer.behaviour.deviceOutcome = 'authorization_declined';
  const shown = await inTerminal('sessions list');
  expect(shown).toMatch(/Signing in at https:\S+ failed: AADSTS: authorization_declined/);
  expect(shown).toContain('code 1');
});

test('without a terminal a token is needed, and enough', async () => {
  const asked = await runFarside(['sessions', 'list'], { env: environment() });
  expect([asked.status, asked.stderr]).toEqual([1, expect.stringContaining('FARSIDE_TOKEN')]);
  const env = { ...environment(), FARSIDE_TOKEN: await issuer.token() };
  expect((await runFarside(['sessions', 'list'], { env })).status).toBe(0);
});
