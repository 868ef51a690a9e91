import { expect, test } from 'vitest';
import { expiryOf, providerOf, scopesOf } from './microsoftScopes.ts';

const directory = {
  authority: 'https://login.microsoftonline.com',
  tenant: 'contoso.com',
  resource: 'api',
  scope: 'api/.default',
};

test('VS Code is told which application and which tenant', () => {
  expect(scopesOf({ ...directory, clientId: 'client' })).toEqual([
    'VSCODE_CLIENT_ID:client',
    'VSCODE_TENANT:contoso.com',
    'offline_access',
    'api/.default',
  ]);
  expect(scopesOf(directory)[0]).toBe('VSCODE_TENANT:contoso.com');
});

test('each cloud has its provider', () => {
  expect(providerOf(directory.authority)).toBe('microsoft');
  expect(providerOf('https://login.microsoftonline.us')).toBe('microsoft-sovereign-cloud');
  expect(providerOf('https://login.partner.microsoftonline.cn/')).toBe('microsoft-sovereign-cloud');
  expect(providerOf('https://login.microsoftonline.us.evil.test')).toBe('microsoft');
});

test('the end of a token is read when it has one', () => {
  const token = (claims: unknown): string =>
    `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
  expect(expiryOf(token({ exp: 7 }))).toBe(7);
  for (const odd of [token({}), token(null), token({ exp: 'x' }), 'x', ''])
    expect(expiryOf(odd)).toBeUndefined();
});
