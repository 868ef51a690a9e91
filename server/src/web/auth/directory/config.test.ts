import { describe, expect, it } from 'vitest';
import { serveConfig } from '../../../config.ts';
import { directoryConfig } from './config.ts';
import { issuersOf, signingKeys, tenantOf } from './metadata.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const API = 'aaaaaaaa-0000-4000-8000-000000000001';
const given = { aadTenant: TENANT, aadAudience: API };

describe('the options of a directory', () => {
  it('need a tenant and the server’s own registration', () => {
    expect(directoryConfig({})).toBeUndefined();
    expect(directoryConfig(given)).toMatchObject({
      authority: 'https://login.microsoftonline.com',
      tenant: TENANT,
      scope: `${API}/.default`,
      audiences: [API, `api://${API}`, `spn:${API}`],
    });
    expect(() => directoryConfig({ aadTenant: TENANT })).toThrow('--aad-audience');
    expect(() => directoryConfig({ aadAudience: API })).toThrow('--aad-tenant');
  });

  it('take the tenant at the end of the authority, as the original wrote it', () => {
    const aadAuthority = 'https://login.windows.net/contoso.com/';
    expect(directoryConfig({ aadAuthority, aadAudience: API })).toMatchObject({
      authority: 'https://login.windows.net',
      tenant: 'contoso.com',
    });
  });

  it.each(['common', 'Organizations', 'consumers', '../x', ''])('refuse the tenant %j', (aadTenant) => {
    expect(() => directoryConfig({ ...given, aadTenant })).toThrow('--aad-tenant');
  });

  it.each(['http://login.microsoftonline.com', 'login', 'https://u:p@host', 'https://host/?x=1'])(
    'refuse the authority %j',
    (aadAuthority) => expect(() => directoryConfig({ ...given, aadAuthority })).toThrow('--aad-authority'),
  );

  it('are several users, and replace the local accounts unless both are wanted', () => {
    const serve = { ...given, dataDir: '/tmp/x' };
    expect(() => serveConfig(serve)).toThrow('more than one user');
    expect(serveConfig({ ...serve, isolation: 'none' }).localAccounts).toBe(false);
    expect(serveConfig({ ...serve, isolation: 'none', localAccounts: 'on' }).localAccounts).toBe(true);
    expect(serveConfig({ dataDir: '/tmp/x' }).localAccounts).toBe(true);
    expect(() => serveConfig({ dataDir: '/tmp/x', localAccounts: 'off' })).toThrow('nobody could sign in');
    expect(() => serveConfig({ dataDir: '/tmp/x', localAccounts: 'maybe' })).toThrow('--local-accounts');
  });
});

describe('what metadata says', () => {
  it('gives the id of a tenant that is named by its domain', () => {
    const issuer = `https://login.microsoftonline.com/${TENANT}/v2.0`;
    expect(tenantOf('contoso.com', issuer)).toBe(TENANT);
    expect(tenantOf(TENANT.toUpperCase(), issuer)).toBe(TENANT);
    expect(tenantOf('contoso.com', 'https://host/v2.0')).toBeUndefined();
  });

  it('gives the issuers of both versions of Microsoft’s tokens, and of nobody else’s', () => {
    const of = (host: string): string[] => issuersOf(`https://${host}/${TENANT}/v2.0`, TENANT).slice(1);
    expect(of('login.microsoftonline.com')).toEqual([`https://sts.windows.net/${TENANT}/`]);
    expect(of('login.microsoftonline.us')).toEqual([`https://sts.windows.net/${TENANT}/`]);
    expect(of('login.partner.microsoftonline.cn')).toEqual([`https://sts.chinacloudapi.cn/${TENANT}/`]);
    expect(of('login.microsoftonline.com.evil.test')).toEqual([]);
  });

  it('leaves out keys that can not be used', () => {
    const odd = [
      { kid: 'a', kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
      { kid: 'b', kty: 'RSA', n: '', e: 'AQAB' },
      { kid: 'c', kty: 'RSA', use: 'enc', n: 'AQAB', e: 'AQAB' },
      { kid: 'd', kty: 'RSA', n: Buffer.alloc(64, 255).toString('base64url'), e: 'AQAB' },
      { kty: 'RSA', n: Buffer.alloc(256, 255).toString('base64url'), e: 'AQAB' },
      { kid: 'e', kty: 'oct', k: 'c2VjcmV0' },
      { kid: 'good', kty: 'RSA', n: Buffer.alloc(256, 255).toString('base64url'), e: 'AQAB' },
    ];
    expect([...signingKeys(odd).keys()]).toEqual(['good']);
  });
});
