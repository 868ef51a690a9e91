import { tmpdir } from 'node:os';
import type * as vscode from 'vscode';
import { expect, test } from 'vitest';
import type { KeptTokens } from '@farside/protocol';
import { secretTokenStore } from './tokenStore.ts';

const URL = 'https://r.example.test/';
const DIRECTORY = {
  authority: 'https://login.example.test',
  tenant: 't',
  resource: 'r',
  scope: 'r/.default',
};

function windows(): { secrets: Map<string, string>; open: () => ReturnType<typeof secretTokenStore> } {
  const secrets = new Map<string, string>();
  const storage = {
    get: (key: string) => Promise.resolve(secrets.get(key)),
    store: (key: string, value: string) => Promise.resolve(void secrets.set(key, value)),
    delete: (key: string) => Promise.resolve(void secrets.delete(key)),
  };
  const context = { secrets: storage, globalStorageUri: { fsPath: tmpdir() } };
  return { secrets, open: () => secretTokenStore(context as unknown as vscode.ExtensionContext, URL) };
}

const tokens = (more: Partial<KeptTokens> = {}): KeptTokens => ({
  token_type: 'Bearer',
  access_token: 'access',
  expires_in: 60,
  expires_on: 4_000_000_000,
  refresh_token: 'refresh',
  ...more,
});

test('what R signed in to at a directory is in memory only, and goes with the sign-out', async () => {
  const { secrets, open } = windows();
  const store = open();
  await store.save(tokens());
  await store.save(tokens({ directory: DIRECTORY }));
  expect([...secrets.values()]).toEqual([]);
  expect(await store.load()).toMatchObject({ access_token: 'access', refresh_token: 'refresh' });
  expect(await open().load()).toBeUndefined();
  await store.clear();
  expect(await store.load()).toBeUndefined();
});

test('a sign-in that another window keeps takes its place', async () => {
  const { open } = windows();
  const [here, there] = [open(), open()];
  await here.save(tokens({ directory: DIRECTORY }));
  await there.save(tokens({ access_token: 'newer' }));
  expect(await here.load()).toMatchObject({ access_token: 'newer' });
});

test('of an account of the editor only which one it is is kept', async () => {
  const { secrets, open } = windows();
  const store = open();
  const directory = { ...DIRECTORY, account: { id: 'ann', label: 'Ann' } };
  await store.save(tokens({ directory, refresh_token: '' }));
  expect([...secrets.values()].join()).toContain('"access_token":""');
  expect(await store.load()).toMatchObject({ access_token: 'access' });
});
