import { createHmac } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FarsideError } from '@farside/protocol';
import { openStore, type Store } from '../src/store/store.ts';
import { ACCESS_TOKEN_SECONDS } from '../src/web/auth/accessTokens.ts';
import { hashPassword, verifyPassword } from '../src/web/auth/passwords.ts';
import { FAMILY_MS, REFRESH_IDLE_MS, REUSE_GRACE_MS } from '../src/web/auth/refreshPolicy.ts';
import { SignIns } from '../src/web/auth/signIns.ts';
import { MAX_TRACKED, SignInThrottle, waitAfter } from '../src/web/auth/throttle.ts';
import { Users } from '../src/web/auth/users.ts';

const keys = { access: Buffer.alloc(64, 1), refresh: Buffer.alloc(64, 2) };
const PASSWORD = 'long enough';
let store: Store;
let signIns: SignIns;
let users: Users;
let now: number;
beforeEach(async () => {
  now = 1_800_000_000_000;
  store = await openStore(':memory:');
  signIns = new SignIns({ store, keys, now: () => now });
  users = new Users(store, signIns, false);
  await users.createAdmin(PASSWORD);
});
afterEach(() => store.close());

const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: unknown) => (error instanceof FarsideError ? error.code : String(error)),
  );
const signIn = () => signIns.signIn('admin', PASSWORD, '::1');

describe('passwords', () => {
  it('are kept by Argon2id with a salt', async () => {
    const [a, b] = await Promise.all([hashPassword('pässword'), hashPassword('pässword')]);
    expect(a).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    expect(a).not.toBe(b);
    expect(await verifyPassword('pässword', a)).toBe(true);
    expect(await verifyPassword('password', a)).toBe(false);
    expect(await verifyPassword('pässword', undefined)).toBe(false);
  });
  it('have to be long enough', async () => {
    expect(await failure(users.setPassword('admin', 'short'))).toBe('weakPassword');
  });
});

describe('access tokens', () => {
  const forge = (alg: string, key: Uint8Array, claims: object) =>
    new SignJWT({ family: 'f', ...claims })
      .setProtectedHeader({ alg })
      .setIssuer('farside')
      .setSubject('admin')
      .sign(key);

  it('name the user and end after an hour', async () => {
    const { access_token: token, expires_in } = await signIn();
    expect(expires_in).toBe(3600);
    expect(await signIns.verify(token)).toMatchObject({ user: 'admin', admin: true });
    now += ACCESS_TOKEN_SECONDS * 1000 + 1000;
    expect(await failure(signIns.verify(token))).toBe('notSignedIn');
  });
  it('are refused when they are forged', async () => {
    const { access_token: token } = await signIn();
    const family = (await signIns.verify(token)).family;
    const exp = Math.floor(now / 1000) + 1000;
    const [head, body = '', signature] = token.split('.');
    const other = Buffer.from(Buffer.from(body, 'base64url').toString().replace('admin', 'bdmin')).toString(
      'base64url',
    );
    const forged = [
      '',
      'x.y.z',
      `${head}.${other}.${signature}`,
      new UnsecuredJWT({ family }).setIssuer('farside').setSubject('admin').setExpirationTime(exp).encode(),
      await forge('HS512', Buffer.alloc(64, 9), { family, exp }),
      await forge('HS256', keys.access, { family, exp }),
      await forge('HS512', keys.access, { family }),
      await forge('HS512', keys.access, { family: 'another', exp }),
    ];
    for (const bad of forged) expect(await failure(signIns.verify(bad))).toBe('notSignedIn');
  });
});

describe('refresh tokens', () => {
  it('are kept hashed', async () => {
    const { refresh_token: token } = await signIn();
    expect(await store.tokens.token(token)).toBeUndefined();
  });
  it('rotate, and give the same pair to whoever asks again within 30 s', async () => {
    const first = await signIn();
    now += 1000;
    const both = await Promise.all([
      signIns.refresh(first.refresh_token),
      signIns.refresh(first.refresh_token),
    ]);
    now += REUSE_GRACE_MS;
    const later = await signIns.refresh(first.refresh_token);
    expect(both[1]).toEqual(both[0]);
    expect(later).toEqual(both[0]);
    expect(both[0].refresh_token).not.toBe(first.refresh_token);
  });
  it('end the sign-in when one is used again after that', async () => {
    const first = await signIn();
    const ended: string[] = [];
    signIns.onEnded((families) => ended.push(...families));
    const second = await signIns.refresh(first.refresh_token);
    now += REUSE_GRACE_MS + 1;
    expect(await failure(signIns.refresh(first.refresh_token))).toBe('tokenReused');
    expect(await failure(signIns.refresh(first.refresh_token))).toBe('tokenReused');
    expect(await failure(signIns.refresh(second.refresh_token))).toBe('notSignedIn');
    expect(await failure(signIns.verify(second.access_token))).toBe('notSignedIn');
    expect(ended).toHaveLength(1);
  });
  it('end after 14 days without use and after 90 days in any case', async () => {
    const idle = await signIn();
    now += REFRESH_IDLE_MS + 1;
    expect(await failure(signIns.refresh(idle.refresh_token))).toBe('notSignedIn');
    let pair = await signIn();
    const begun = now;
    while (now + REFRESH_IDLE_MS - begun < FAMILY_MS) {
      now += REFRESH_IDLE_MS;
      pair = await signIns.refresh(pair.refresh_token);
    }
    now = begun + FAMILY_MS + 1;
    expect(await failure(signIns.refresh(pair.refresh_token))).toBe('notSignedIn');
  });
  it('are refused when nobody issued them', async () => {
    const forged = createHmac('sha256', 'x').update('y').digest('base64url');
    for (const bad of ['', 'x', forged, 'x'.repeat(100_000)])
      expect(await failure(signIns.refresh(bad))).toBe('notSignedIn');
  });
  it('signing out ends both tokens, of that sign-in alone', async () => {
    const [one, two] = [await signIn(), await signIn()];
    await signIns.revoke(one.refresh_token);
    expect(await failure(signIns.verify(one.access_token))).toBe('notSignedIn');
    expect(await failure(signIns.refresh(one.refresh_token))).toBe('notSignedIn');
    expect(await failure(signIns.revoke(one.refresh_token))).toBe('notSignedIn');
    expect(await signIns.verify(two.access_token)).toMatchObject({ user: 'admin' });
  });
  it('a changed password ends all sign-ins', async () => {
    const pair = await signIn();
    await users.setPassword('admin', 'another long one');
    expect(await failure(signIns.verify(pair.access_token))).toBe('notSignedIn');
    expect(await failure(signIns.refresh(pair.refresh_token))).toBe('notSignedIn');
    expect(await failure(signIn())).toBe('wrongCredentials');
  });
});

describe('failed sign-ins', () => {
  it('slow down for a user and an address, and a success forgets them', () => {
    const throttle = new SignInThrottle(() => now);
    const attempt = (address = 'a') => throttle.begin('u', address);
    for (let i = 0; i < 5; i++) attempt();
    expect(() => attempt()).toThrow(/Too many/);
    expect(() => attempt('b')).not.toThrow();
    now += waitAfter(5);
    expect(() => attempt()).not.toThrow();
    expect(() => attempt()).toThrow(/Too many/);
    throttle.succeeded('u', 'a');
    expect(() => attempt()).not.toThrow();
  });
  it('wait longer and longer, up to five minutes', () => {
    expect([4, 5, 6, 7, 100].map(waitAfter)).toEqual([0, 1000, 2000, 4000, 300_000]);
  });
  it('take a bounded amount of memory', () => {
    const throttle = new SignInThrottle(() => now);
    for (let i = 0; i < MAX_TRACKED + 500; i++) throttle.begin(`user ${i} ${'x'.repeat(1000)}`, 'a');
    expect(throttle.size).toBe(MAX_TRACKED);
  });
  it('take the same time for a user that does not exist', async () => {
    const time = async (user: string) => {
      const start = performance.now();
      await signIns.signIn(user, 'wrong', `${user} ${start}`).catch(() => undefined);
      return performance.now() - start;
    };
    const [known, unknown]: number[][] = [[], []];
    for (let i = 0; i < 7; i++) {
      known?.push(await time('admin'));
      unknown?.push(await time(`nobody${i}`));
    }
    const median = (values: number[] = []) => values.sort((a, b) => a - b)[3] ?? 0;
    expect(median(unknown) / median(known)).toBeGreaterThan(0.5);
    expect(median(unknown) / median(known)).toBeLessThan(2);
  });
});

describe('users', () => {
  it('only one without a decision about isolation', async () => {
    expect(await failure(users.add('second', PASSWORD))).toBe('isolationNeeded');
    const several = new Users(store, signIns, true);
    await several.add('second', PASSWORD);
    expect(await failure(several.add('second', PASSWORD))).toBe('userExists');
    expect(await failure(users.checkIsolation())).toBe('isolationNeeded');
    expect(await users.list()).toEqual([
      { name: 'admin', admin: true },
      { name: 'second', admin: false },
    ]);
    expect(await failure(several.remove('admin'))).toBe('forbidden');
    await several.remove('second');
    expect(await failure(several.remove('second'))).toBe('noSuchUser');
    expect(await failure(users.checkIsolation())).toBe('no failure');
  });
  it('leave nothing to a later user of the same name', async () => {
    const several = new Users(store, signIns, true);
    await several.add('second', PASSWORD);
    const session = {
      id: 's',
      owner: 'second',
      name: '',
      workdir: '/',
      folder: null,
      created: 1,
      ended: null,
    };
    await store.sessions.add(session);
    await several.remove('second');
    await several.add('second', PASSWORD);
    expect(await store.sessions.find('second', 's')).toBeUndefined();
  });
  it.each(['', 'a b', 'a/b', 'ü', 'x'.repeat(65)])('are not called %j', async (name) => {
    expect(await failure(new Users(store, signIns, true).add(name, PASSWORD))).toBe('badRequest');
  });
});
