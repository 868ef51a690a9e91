import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOCK_SKEW_SECONDS } from '../src/web/auth/azureAd.ts';
import { ask, signIn } from './support/api.ts';
import { startIssuer, type Issuer } from './support/directory/issuer.ts';
import { ANN, TENANT } from './support/directory/signing.ts';
import { runFarside, startServer, temporaryDataDir, serveArgs, type TestServer } from './support/server.ts';
import { call, connect, TestAttachment } from './support/socket.ts';

/** As Microsoft's tokens of version 1.0 name theirs. */
const VERSION_1 = `https://sts.example.test/${TENANT}/`;

/** So long a token lasts that is to end while a test looks on. */
const SHORT_SECONDS = 20;

let issuer: Issuer;
let server: TestServer;
beforeAll(async () => {
  issuer = await startIssuer();
  server = await startServer({
    args: ['--isolation', 'none', '--aad-issuer', issuer.issuer, VERSION_1],
    env: {
      NODE_EXTRA_CA_CERTS: issuer.ca.file,
      FARSIDE_AAD_AUTHORITY: `${issuer.authority}/${TENANT}`,
      FARSIDE_AAD_AUDIENCE: 'https://r.example.test',
      FARSIDE_AAD_SCOPE: 'R.Use',
      FARSIDE_LOCAL_ACCOUNTS: 'on',
    },
  });
});
afterAll(async () => {
  await server.stop();
  await issuer.close();
});

const token = (claims: Record<string, unknown> = {}) =>
  issuer.token({ aud: 'https://r.example.test', ...claims });
const endingAt = (exp: number) => token({ exp, nbf: exp - 600 });
const now = (): number => Math.floor(Date.now() / 1000);

describe('a server with both kinds of accounts', () => {
  it('takes tokens of either', async () => {
    const api = await signIn(server);
    expect((await api.ask('sessions')).status).toBe(200);
    expect((await ask(server.url, 'sessions', {}, await token())).status).toBe(200);
    const version1 = await token({
      iss: VERSION_1,
      ver: '1.0',
      preferred_username: undefined,
      upn: ANN.name,
    });
    expect((await ask(server.url, 'sessions', {}, version1)).status).toBe(200);
    const { signIn: methods } = (await ask(server.url, 'about')).json<{ signIn: object }>();
    const directory = { scope: 'https://r.example.test/R.Use', tenant: TENANT };
    expect(methods).toMatchObject({ password: true, directory });
  });

  it('asks for the permission it was told', async () => {
    const answer = await ask(server.url, 'sessions', {}, await token({ scp: 'Other.Use' }));
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('lacks the permission')]);
  });
});

describe('a live connection with a token of the directory', () => {
  it('works as with the server’s own, and goes on with a newer token', async () => {
    const first = now() - CLOCK_SKEW_SECONDS + SHORT_SECONDS;
    const socket = await connect(server.url, await endingAt(first));
    await call(socket, 'auth:renew', { token: await token() });
    let cut = false;
    socket.on('disconnect', () => (cut = true));
    const made = await ask(server.url, 'startSession', { body: {} }, await token());
    const attachment = await TestAttachment.open(socket, made.json<{ id: string }>().id);
    attachment.input('cat(6 * 7, "\\n")\n', 1);
    await attachment.untilText('42');
    // The first token's end passes: a connection that still has such a one is cut then.
    const later = Math.max(first + 1, now() - CLOCK_SKEW_SECONDS + SHORT_SECONDS);
    const witness = await connect(server.url, await endingAt(later));
    await new Promise((resolve) => witness.once('disconnect', resolve));
    expect(cut).toBe(false);
    attachment.input('cat(6 * 8, "\\n")\n', 2);
    await attachment.untilText('48');
    socket.close();
  });

  it('takes no token of another person, and no bad one', async () => {
    const socket = await connect(server.url, await token());
    const other = await token({ oid: 'somebody-else' });
    await expect(call(socket, 'auth:renew', { token: other })).rejects.toMatchObject({ code: 'forbidden' });
    const own = (await signIn(server)).tokens.access_token;
    await expect(call(socket, 'auth:renew', { token: own })).rejects.toMatchObject({ code: 'forbidden' });
    const bad = await token({ tid: 'x' });
    await expect(call(socket, 'auth:renew', { token: bad })).rejects.toMatchObject({ code: 'tokenRefused' });
    socket.close();
    await expect(connect(server.url, bad)).rejects.toMatchObject({ code: 'tokenRefused' });
  });
});

it('does not start when several people could read each other’s files and nobody accepted that', async () => {
  const args = serveArgs(temporaryDataDir(), { args: issuer.args.slice(2) });
  const { status, stderr } = await runFarside(args);
  expect(status).toBe(1);
  expect(stderr).toContain('--isolation=none');
});
