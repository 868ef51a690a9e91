import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIssuer, type Issuer } from '../../server/test/support/directory/issuer.ts';
import { ANN, CLIENT, RESOURCE, TENANT } from '../../server/test/support/directory/signing.ts';
import { startServer, type TestServer } from '../../server/test/support/server.ts';
import { connect } from '../../server/test/support/socket.ts';
import { startLocalR, type LocalR } from './localR.ts';
import { Window } from './window.ts';

/** Short enough to see a token end, with what clients and servers add to it: 60 s ahead, 60 s behind. */
const TOKEN_SECONDS = 20;
const LOOK_EVERY_MS = 200;

let issuer: Issuer;
let server: TestServer;
let window: Window;
let r: LocalR;
const trusted = getCACertificates('default');
beforeAll(async () => {
  issuer = await startIssuer();
  setDefaultCACertificates([...trusted, readFileSync(issuer.ca.file, 'utf8')]);
  server = await startServer({ args: issuer.args, env: { NODE_EXTRA_CA_CERTS: issuer.ca.file } });
  window = new Window();
  r = startLocalR({ ...(await window.start()), CURL_CA_BUNDLE: issuer.ca.file });
});
afterAll(async () => {
  await r?.end();
  window?.dispose();
  await server?.stop();
  await issuer?.close();
  setDefaultCACertificates(trusted);
});

const renewals = (): number => issuer.hits.filter((hit) => hit === 'grant refresh_token').length;
const signIn = (session = 'TRUE'): Promise<string> => {
  const account = `username = "${ANN.name}", password = "${ANN.password}"`;
  const at = `"${server.url}", authuri = "${issuer.authority}"`;
  return r.run(`remoteLoginAAD(${at}, ${account}, session = ${session}, diff = FALSE)`);
};
/** What R has, and not what is printed by anybody else. */
const inR = async (code: string): Promise<string> =>
  /<<(.*)>>/s.exec(await r.run(`cat("<<", ${code}, ">>\\n", sep = "")`))?.[1] ?? '';
const connection = 'mrsdeploy:::need_connection()';
/** As after a refusal by the server: R asks for another token than the one it has. */
const renewInR = (): Promise<string> => r.run(`mrsdeploy:::renew_tokens(${connection}, force = TRUE)`);

test('the sign-in goes to the window whole, and R keeps nothing to renew with', async () => {
  issuer.lifetime = TOKEN_SECONDS;
  await r.run('library(mrsdeploy)');
  await signIn();
  const { tokens } = window.handed[0] ?? {};
  expect(tokens?.directory).toEqual({
    authority: issuer.authority,
    tenant: TENANT,
    clientId: CLIENT,
    resource: RESOURCE,
    scope: `${RESOURCE}/.default`,
  });
  expect(tokens?.refresh_token).toMatch(/^refresh-/);
  expect(await inR(`is.null(${connection}$tokens$refresh_token)`)).toBe('TRUE');
});

test('the window renews before the token ends, its live connection goes on, and R gets the new token', async () => {
  const first = window.handed[0]?.tokens.access_token ?? '';
  // Cut when this token ends, as a connection that nobody renews.
  const witness = await connect(server.url, first);
  const cut = new Promise((resolve) => witness.once('disconnect', resolve));
  while (renewals() === 0) await delay(LOOK_EVERY_MS);
  await cut;
  expect(window.cuts).toBe(0);
  expect(window.socket?.connected).toBe(true);
  const { id } = (await window.client.call('sessions'))[0] ?? {};
  expect(id).toBe(window.handed[0]?.session);
  expect(await r.run('listRemoteFiles()')).not.toContain('Error');
  expect(await r.run('x <- 42; putLocalObject("x"); rm(x); getRemoteObject("x"); x')).toContain('42');
  const now = await window.client.token();
  expect(now).not.toBe(first);
  expect(await inR(`mrsdeploy:::access_token(${connection})`)).toBe(now);
});

test('a token that the server refuses is replaced by what the window has', async () => {
  const before = renewals();
  await r.run(`local({ it <- ${connection}; it$tokens$access_token <- "spoiled" })`);
  expect(await r.run('listRemoteFiles()')).not.toContain('Error');
  expect(renewals()).toBe(before);
});

test('a directory in trouble ends nothing', async () => {
  issuer.metadata = 'html';
  expect(await renewInR()).toContain('could not be checked');
  issuer.metadata = 'ok';
  issuer.behaviour.refreshes = 'later';
  expect(await renewInR()).toContain('temporarily_unavailable');
  issuer.behaviour.refreshes = true;
  expect(window.ended).toBe(0);
  expect(await renewInR()).not.toContain('Error');
  expect(await r.run('listRemoteFiles()')).not.toContain('Error');
});

test('a directory that refuses is quoted, with what to type, on both sides', async () => {
  issuer.behaviour.refreshes = false;
  const { session } = window.handed[0] ?? {};
  const said = (await renewInR()).replace(/\s+/g, ' ');
  expect(said).toContain('The directory does not renew the sign-in: AADSTS: invalid_grant.');
  expect(said).toContain(`Sign in again: remoteLoginAAD("${server.url}", session = "${session}")`);
  expect(window.ended).toBe(1);
  const here = await window.client.call('sessions').catch((error: unknown) => error);
  expect(here).toMatchObject({ code: 'directoryRefused', text: expect.stringContaining('remoteLoginAAD()') });
  expect(await r.run('listRemoteFiles()')).toContain('remoteLoginAAD(');
});

test('signing in again comes back to the session, renewed as before', async () => {
  issuer.behaviour.refreshes = true;
  const { session } = window.handed[0] ?? {};
  await signIn(`"${session}"`);
  expect(window.handed.at(-1)?.session).toBe(session);
  expect(await r.run('getRemoteObject("x"); x')).toContain('42');
  expect(await renewInR()).not.toContain('Error');
  await r.run('remoteLogout()');
});

test('no token was printed or logged', () => {
  const logs = readFileSync(`${server.dataDir}/logs/web.log`, 'utf8');
  const known = window.handed.flatMap(({ tokens }) => [tokens.access_token, tokens.refresh_token ?? '']);
  for (const token of known)
    for (const text of [logs, server.stdout(), server.stderr(), r.said()]) expect(text).not.toContain(token);
});
