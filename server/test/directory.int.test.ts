import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_TOKEN_CHARACTERS } from '../src/web/auth/directory/token.ts';
import { ask } from './support/api.ts';
import { startIssuer, type Issuer } from './support/directory/issuer.ts';
import { ANN, CLIENT, newSigningKey, RESOURCE, TENANT } from './support/directory/signing.ts';
import { isAlive, startServer, type TestServer } from './support/server.ts';

let issuer: Issuer;
let server: TestServer;
beforeAll(async () => {
  issuer = await startIssuer();
  server = await startServer({ args: issuer.args, env: { NODE_EXTRA_CA_CERTS: issuer.ca.file } });
});
afterAll(async () => {
  await server.stop();
  await issuer.close();
});
beforeEach(() => Object.assign(issuer, { metadata: 'ok', keySet: 'ok' }));

const sessions = (token?: string) => ask(server.url, 'sessions', {}, token);
const codeOf = (answer: { json<T>(): T }) => answer.json<{ code: string }>().code;
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = (): number => Math.floor(Date.now() / 1000);

describe('a token of the directory', () => {
  it('lets in', async () => {
    expect((await sessions(await issuer.token())).status).toBe(200);
    expect((await sessions(await issuer.token({ aud: `api://${RESOURCE}` }))).status).toBe(200);
    // Clocks differ a little.
    expect((await sessions(await issuer.token({ exp: now() - 20, nbf: now() - 60 }))).status).toBe(200);
  });

  const bad: Record<string, () => Promise<string>> = {
    'another audience': () => issuer.token({ aud: CLIENT }),
    'several audiences': () => issuer.token({ aud: [RESOURCE, CLIENT] }),
    'a list of one audience': () => issuer.token({ aud: [RESOURCE] }),
    'no audience': () => issuer.token({ aud: undefined }),
    'another issuer': () => issuer.token({ iss: `${issuer.authority}/${CLIENT}/v2.0` }),
    'no issuer': () => issuer.token({ iss: undefined }),
    'another tenant': () => issuer.token({ tid: CLIENT }),
    'no tenant': () => issuer.token({ tid: undefined }),
    'the end in the past': () => issuer.token({ exp: now() - 120 }),
    'no end': () => issuer.token({ exp: undefined }),
    'an end that is text': () => issuer.token({ exp: '99999999999' as unknown as number }),
    'a beginning in the future': () => issuer.token({ nbf: now() + 300 }),
    'an ID token': () => issuer.token({ scp: undefined, nonce: 'n' }),
    'a program': () => issuer.token({ scp: undefined, roles: ['R.Use'] }),
    'scopes in a list': () => issuer.token({ scp: ['R.Use'] }),
    nobody: () => issuer.token({ oid: undefined }),
    'a key of somebody else with the same id': async () => issuer.token({}, {}, await newSigningKey('first')),
    'a key that is sent along': async () => {
      const own = await newSigningKey('own');
      return issuer.token({}, { jwk: own.jwk, x5c: ['MIIB'] }, own);
    },
    'an address of keys': async () => {
      const own = await newSigningKey('own');
      return issuer.token({}, { jku: `${issuer.authority}/evil`, x5u: `${issuer.authority}/evil` }, own);
    },
    'no key id': () => issuer.token({}, { kid: undefined }),
    'another key id in x5t': async () => issuer.token({}, { kid: 'none', x5t: 'first' }),
    'claims changed after signing': async () => {
      const [header, , signature] = (await issuer.token()).split('.');
      const claims = { iss: issuer.issuer, aud: RESOURCE, tid: TENANT, oid: 'x', scp: 'R', exp: now() + 600 };
      return [header, encoded(claims), signature].join('.');
    },
    'no signature': async () => `${(await issuer.token()).split('.').slice(0, 2).join('.')}.`,
    'alg none': async () => {
      const [, claims] = (await issuer.token()).split('.');
      return `${encoded({ alg: 'none', typ: 'JWT', kid: 'first' })}.${claims}.`;
    },
    'the wrong JSON': () =>
      Promise.resolve(`${encoded({ alg: 'RS256', typ: 'JWT', kid: 'first' })}.e30x.c2ln`),
    text: () => Promise.resolve('qwertyuiop'),
    'a huge text': () => Promise.resolve(`${encoded({ alg: 'RS256' })}.${'a'.repeat(12_000)}.c2ln`),
    'a token of the server’s own kind': () =>
      Promise.resolve(`${encoded({ alg: 'HS512', typ: 'JWT' })}.${encoded({ sub: 'admin' })}.c2ln`),
  };
  it.each(Object.keys(bad))('with %s is refused', async (kind) => {
    const token = await bad[kind]?.();
    const answer = await sessions(token);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'tokenRefused']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    for (const secret of [issuer.authority, 'first', token ?? '', '    at '])
      expect(answer.text).not.toContain(secret);
  });

  it('with the public key as a secret is refused', async () => {
    const { SignJWT, exportSPKI } = await import('jose');
    const secret = new TextEncoder().encode(
      await exportSPKI((issuer.keys[0] as (typeof issuer.keys)[0]).publicKey),
    );
    const claims = {
      iss: issuer.issuer,
      aud: RESOURCE,
      tid: TENANT,
      oid: ANN.oid,
      scp: 'R',
      exp: now() + 600,
    };
    const header = { alg: 'HS256', typ: 'JWT', kid: 'first' };
    const answer = await sessions(await new SignJWT(claims).setProtectedHeader(header).sign(secret));
    expect([answer.status, codeOf(answer)]).toEqual([401, 'tokenRefused']);
  });

  it('is too long for a live connection as well', async () => {
    const { connect } = await import('./support/socket.ts');
    const token = await issuer.token({ more: 'x'.repeat(MAX_TOKEN_CHARACTERS) });
    await expect(connect(server.url, token)).rejects.toMatchObject({ code: 'tokenRefused' });
  });

  it('is nothing in a query or a body', async () => {
    const token = await issuer.token();
    expect((await ask(server.url, 'sessions', { query: { access_token: token } })).status).toBe(401);
    const body = { access_token: token };
    expect((await ask(server.url, 'startSession', { body })).status).toBe(401);
  });
});

describe('keys', () => {
  it('that are new are known within a minute, without a restart', async () => {
    const fresh = await newSigningKey('second');
    const before = await sessions(await issuer.token({}, {}, fresh));
    expect(before.status).toBe(401);
    const other = await newSigningKey('third');
    issuer.keys.push(other);
    expect((await sessions(await issuer.token({}, {}, other))).status).toBe(200);
  });
});

describe('people of the directory', () => {
  it('sign in as GET /v2/about says', async () => {
    const about = (await ask(server.url, 'about')).json<object>();
    const directory = {
      authority: issuer.authority,
      tenant: TENANT,
      clientId: CLIENT,
      resource: RESOURCE,
      scope: `${RESOURCE}/.default`,
    };
    expect(about).toMatchObject({ isolation: 'none', signIn: { password: false, directory } });
  });

  it('own their sessions by an id that stays, and see their name', async () => {
    const [ann, bob] = [
      await issuer.token(),
      await issuer.token({ oid: 'bob', preferred_username: ANN.name }),
    ];
    const made = await ask(server.url, 'startSession', { body: { name: 'mine' } }, ann);
    expect(made.json<object>()).toMatchObject({ owner: ANN.name });
    const { id } = made.json<{ id: string }>();
    expect((await ask(server.url, 'session', { params: { id } }, bob)).status).toBe(404);
    expect((await sessions(bob)).json<unknown[]>()).toEqual([]);
    const renamed = await issuer.token({ preferred_username: 'ann.married@example.test' });
    const [mine] = (await ask(server.url, 'listSessions', {}, renamed)).json<object[]>();
    expect(mine).toMatchObject({ id, owner: 'ann.married@example.test' });
  });

  it('are no administrators and have no password here', async () => {
    const token = await issuer.token();
    expect((await ask(server.url, 'users', {}, token)).status).toBe(403);
    const password = { params: { name: 'admin' }, body: { password: 'a long password' } };
    expect((await ask(server.url, 'setPassword', password, token)).status).toBe(403);
  });

  it('use no user name and password', async () => {
    for (const [name, body] of [
      ['login', { username: 'admin', password: server.password }],
      ['renewToken', { refreshToken: 'x' }],
    ] as const) {
      const answer = await ask(server.url, name, { body });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'localAccountsOff']);
      expect(answer.text).toContain(issuer.authority);
    }
  });
});

describe('a directory in trouble', () => {
  it('does not end the server, nor sign out those whose keys are known', async () => {
    for (const mode of ['html', 'status500', 'redirect', 'huge', 'odd'] as const)
      for (const which of ['metadata', 'keySet'] as const) {
        issuer[which] = mode;
        const stranger = await issuer.token({}, {}, await newSigningKey());
        const answer = await sessions(stranger);
        expect([mode, answer.status, codeOf(answer)]).toEqual([mode, 503, 'directoryDown']);
        expect(answer.text).not.toContain('<html>');
        expect((await sessions(await issuer.token())).status).toBe(200);
        issuer[which] = 'ok';
      }
    expect(isAlive(server.pid)).toBe(true);
    const status = (await ask(server.url, 'status', {}, await issuer.token())).json<{ components: object }>();
    expect(status.components).toMatchObject({ authentication: { statusCode: 'warn' } });
  });

  it('that hangs is given up', async () => {
    issuer.metadata = 'hang';
    const answer = await sessions(await issuer.token({}, {}, await newSigningKey()));
    expect([answer.status, codeOf(answer)]).toEqual([503, 'directoryDown']);
    expect(answer.text).toContain('did not answer in time');
    expect((await sessions(await issuer.token())).status).toBe(200);
  });

  it('leaves no token in any log', async () => {
    const token = await issuer.token();
    await sessions(token);
    await sessions(`${token}x`);
    await server.endWebNode();
    const log = readFileSync(join(server.dataDir, 'logs', 'web.log'), 'utf8');
    expect(log).toContain('directory token refused');
    expect(log).toContain(ANN.oid);
    for (const part of token.split('.'))
      for (const text of [log, server.stdout(), server.stderr()]) expect(text).not.toContain(part);
  });
});
