import { describe, expect, it } from 'vitest';
import { directoryConfig, type DirectoryConfig } from './config.ts';
import type { Metadata } from './metadata.ts';
import { decode, keyIdOf, userOf, whyRefused } from './token.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const API = 'aaaaaaaa-0000-4000-8000-000000000001';
const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const config = directoryConfig({ aadTenant: TENANT, aadAudience: API }) as DirectoryConfig;
const metadata: Metadata = { tenant: TENANT, issuers: [ISSUER], keys: new Map() };
const NOW = Date.UTC(2026, 0, 1);
const SECONDS = NOW / 1000;
const GOOD = {
  iss: ISSUER,
  aud: API,
  tid: TENANT,
  oid: 'CCCCCCCC-0000-4000-8000-00000000000A',
  scp: 'R.Use profile',
  preferred_username: 'ann@example.test',
  exp: SECONDS + 600,
};
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (header: unknown, payload: unknown = GOOD): string =>
  `${encoded(header)}.${encoded(payload)}.c2ln`;
const HEADER = { alg: 'RS256', typ: 'JWT', kid: 'k' };
const user = (claims: object, from = config) => userOf({ ...GOOD, ...claims }, from, metadata, NOW);
const reasonOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { details: { reason: string } }).details.reason;
  }
  return undefined;
};

describe('the header of a token', () => {
  it('names the key', () => expect(keyIdOf(tokenOf(HEADER))).toBe('k'));

  it.each([
    ['no algorithm', { ...HEADER, alg: undefined }],
    ['none', { ...HEADER, alg: 'none' }],
    ['a public key as a secret', { ...HEADER, alg: 'HS256' }],
    ['another RSA form', { ...HEADER, alg: 'PS256' }],
    ['a type of token of its own', { ...HEADER, typ: 'at+jwt' }],
    ['extensions to be understood', { ...HEADER, crit: ['exp'] }],
  ])('is refused for %s', (_what, header) => {
    expect(reasonOf(() => keyIdOf(tokenOf(header)))).toBe('it is of a kind not taken here');
  });

  it.each([undefined, '', 7, {}, 'k'.repeat(300)])('is refused for the key id %j', (kid) => {
    expect(reasonOf(() => keyIdOf(tokenOf({ ...HEADER, kid })))).toBe('it does not name its key');
  });

  it.each([
    '',
    'x',
    'a.b',
    'a.b.c',
    '..',
    'a.b.c.d',
    `${encoded([])}.${encoded({})}.c2ln`,
    '€.€.€',
    'bnVsbA.bnVsbA.x',
  ])('is refused for %j, which is no token', (token) =>
    expect(reasonOf(() => keyIdOf(token))).toBe('it is not a token'),
  );

  it('is not decoded when the token is huge', () => {
    const token = tokenOf(HEADER, { ...GOOD, more: 'x'.repeat(20_000) });
    expect(reasonOf(() => keyIdOf(token))).toBe('it is too long');
  });

  it('is not looked up in prototypes', () => {
    expect(decode(`${encoded(['alg'])}.e30.`, 0)).toBeUndefined();
  });
});

describe('the claims of a token', () => {
  it('name a person by an id that stays', () => {
    const id = `aad:${TENANT}:cccccccc-0000-4000-8000-00000000000a`;
    expect(user({})).toEqual({ id, shown: 'ann@example.test', expires: SECONDS + 660 });
    expect(user({ preferred_username: 'ann.new@example.test' }).id).toBe(id);
    expect(user({ preferred_username: undefined, upn: 'ann@v1.test' }).shown).toBe('ann@v1.test');
    expect(user({ preferred_username: undefined }).shown).toBe(GOOD.oid);
  });

  it('can not write to a terminal through a name', () => {
    expect(user({ preferred_username: 'a\u001b[2Jb\u202ec\n' }).shown).toBe('a[2Jbc');
  });

  it('count for a day at most', () => {
    expect(user({ exp: SECONDS + 10 ** 12 }).expires).toBe(SECONDS + 86_400);
  });

  it.each([
    ['another tenant', { tid: API }, 'it is of another tenant'],
    ['no tenant', { tid: undefined }, 'it is of another tenant'],
    ['another issuer', { iss: `https://sts.windows.net/${API}/` }, 'it is of another issuer'],
    ['several audiences', { aud: [API, 'other'] }, 'it is for another application'],
    ['one audience in a list', { aud: [API] }, 'it is for another application'],
    ['another audience', { aud: 'https://graph.microsoft.com' }, 'it is for another application'],
    ['an ID token', { scp: undefined, nonce: 'n' }, 'it is not an access token of a person'],
    ['a program', { scp: undefined, roles: ['R.Use'] }, 'it is not an access token of a person'],
    ['a program that says so', { idtyp: 'app' }, 'it is not an access token of a person'],
    ['scopes that are no text', { scp: ['R.Use'] }, 'it is not an access token of a person'],
    ['nobody', { oid: undefined }, 'it does not say whose it is'],
    ['an id that is a path', { oid: '../../x' }, 'it does not say whose it is'],
    ['an end that is none', { exp: 'never' }, 'it does not end'],
  ])('are refused for %s', (_what, claims, reason) => {
    expect(reasonOf(() => user(claims))).toBe(reason);
  });

  it('must have the permission where one is asked for', () => {
    const strict = directoryConfig({
      aadTenant: TENANT,
      aadAudience: API,
      aadScope: 'R.Use',
    }) as DirectoryConfig;
    expect(strict.scope).toBe(`api://${API}/R.Use`);
    expect(user({}, strict).shown).toBe('ann@example.test');
    expect(reasonOf(() => user({ scp: 'R.User' }, strict))).toBe(
      'it lacks the permission of this application',
    );
  });

  it('may be of version 1.0 too', () => {
    expect(user({ aud: `api://${API}` }).id).toContain('aad:');
    expect(user({ aud: `spn:${API}` }).id).toContain('aad:');
  });
});

it('says why a token was refused from a fixed set of words', () => {
  const why = (claims: object): unknown =>
    whyRefused(tokenOf(HEADER, { ...GOOD, ...claims }), config, metadata, NOW).details['reason'];
  expect(why({ exp: SECONDS - 61 })).toBe('it has expired');
  expect(why({ nbf: SECONDS + 61 })).toBe('it is not valid yet');
  expect(why({ aud: 'secret' })).toBe('it is for another application');
  expect(why({ iss: 'https://evil' })).toBe('it is of another issuer');
  expect(why({})).toBe('it is not valid');
});
