import { expect, test } from 'vitest';
import { checkDirectory } from './directory.ts';

const good = {
  authority: 'https://login.microsoftonline.com',
  tenant: 'contoso.com',
  resource: 'aaaaaaaa-0000-4000-8000-000000000001',
  scope: 'aaaaaaaa-0000-4000-8000-000000000001/.default',
};

test('a directory is believed when it is one', () => {
  expect(() => checkDirectory(good)).not.toThrow();
  expect(() => checkDirectory({ ...good, resource: 'https://r.contoso.com' })).not.toThrow();
});

test.each(['http://login.microsoftonline.com', 'https://u:p@host', 'nothing'])('not %s', (authority) => {
  expect(() => checkDirectory({ ...good, authority })).toThrow('does not name a directory');
});

test.each([
  'https://graph.microsoft.com',
  'https://management.azure.com/',
  '00000003-0000-0000-c000-000000000000',
  'api://00000002-0000-0000-C000-000000000000',
  '797f4846-ba00-4fd7-ba43-dac1f8f63013',
])('a token for %s is not asked for', (resource) => {
  expect(() => checkDirectory({ ...good, resource })).toThrow('Microsoft’s own services');
  const scope = `${good.scope} ${resource}/.default`;
  expect(() => checkDirectory({ ...good, scope })).toThrow('Microsoft’s own services');
});
