import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenPair } from '@farside/protocol';
import { ask, signIn } from './support/api.ts';
import { startServer, type TestServer } from './support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
const login = (username: string, password: string) =>
  ask(server.url, 'login', { body: { username, password } });
const codeOf = (answer: { json<T>(): T }) => answer.json<{ code: string }>().code;

describe('signing in', () => {
  it('gives a pair in the original’s form', async () => {
    const answer = await login('admin', server.password);
    expect(answer.json<TokenPair>()).toEqual({
      token_type: 'Bearer',
      access_token: expect.stringMatching(/^eyJ/),
      expires_in: 3600,
      expires_on: expect.any(Number),
      refresh_token: expect.any(String),
    });
  });

  it('two windows that refresh at the same time get the same pair', async () => {
    const { tokens } = await signIn(server);
    const refresh = () => ask(server.url, 'renewToken', { body: { refreshToken: tokens.refresh_token } });
    const [one, two] = await Promise.all([refresh(), refresh()]);
    expect(one.status).toBe(200);
    expect(two.json<TokenPair>()).toEqual(one.json<TokenPair>());
    const { access_token: token } = one.json<TokenPair>();
    expect((await ask(server.url, 'sessions', {}, token)).status).toBe(200);
  });

  it('refuses what is no token', async () => {
    for (const token of [undefined, 'x', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.']) {
      const answer = await ask(server.url, 'sessions', {}, token);
      expect([answer.status, codeOf(answer)]).toEqual([401, 'notSignedIn']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    const refreshed = await ask(server.url, 'renewToken', { body: { refreshToken: 'x' } });
    expect([refreshed.status, codeOf(refreshed)]).toEqual([401, 'notSignedIn']);
  });

  it('does not take the local secret over the network', async () => {
    const { secret } = JSON.parse(readFileSync(join(server.dataDir, 'serve.json'), 'utf8')) as {
      secret: string;
    };
    expect((await ask(server.url, 'users', {}, secret)).status).toBe(401);
  });

  it('fails for a wrong password as for an unknown user, and then slows down', async () => {
    const [wrong, unknown] = [await login('admin', 'wrong'), await login('nobody', 'wrong')];
    expect([wrong.status, wrong.text]).toEqual([unknown.status, unknown.text]);
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'wrongCredentials']);
    let answer = wrong;
    // Each failure doubles the wait: on a slow machine some more are needed until it is longer than a try.
    for (let i = 0; i < 12 && answer.status === 401; i++) answer = await login('eve', 'wrong');
    expect([answer.status, codeOf(answer)]).toEqual([429, 'slowDown']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await login('admin', server.password)).status).toBe(200);
  });

  it('leaves no secret in the logs', async () => {
    const { tokens } = await signIn(server);
    await ask(
      server.url,
      'revokeRefreshToken',
      { query: { refreshToken: tokens.refresh_token } },
      tokens.access_token,
    );
    await server.endWebNode();
    const log = readFileSync(join(server.dataDir, 'logs', 'web.log'), 'utf8');
    expect(log).toContain('/login/refreshToken');
    for (const secret of [server.password, tokens.refresh_token, tokens.access_token])
      expect(log).not.toContain(secret);
  });
});
