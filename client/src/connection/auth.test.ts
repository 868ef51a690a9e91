import { expect, test } from 'vitest';
import { FarsideError, type KeptTokens } from '@farside/protocol';
import { Auth, type RenewDirectory } from './auth.ts';
import { memoryTokenStore } from './tokens.ts';

const DIRECTORY = {
  authority: 'https://login.example.test',
  tenant: 't',
  resource: 'r',
  scope: 'r/.default',
};
/** Renewed a minute ahead: this one is to be renewed now. */
const ENDS_SOON_S = 30;

function tokens(access: string, expiresIn: number): KeptTokens {
  const now = Math.floor(Date.now() / 1000);
  const times = { expires_in: expiresIn, expires_on: now + expiresIn };
  return {
    token_type: 'Bearer',
    access_token: access,
    refresh_token: 'refresh',
    directory: DIRECTORY,
    ...times,
  };
}

function auth(kept: KeptTokens, renew: RenewDirectory): { auth: Auth; over: () => number } {
  const http = { url: 'https://r.example.test/', userAgent: 'test' };
  const made = new Auth(http, memoryTokenStore(kept), renew);
  let over = 0;
  made.signedOut.add(() => void over++);
  return { auth: made, over: () => over };
}

const down = (): Promise<KeptTokens> => Promise.reject(new FarsideError('directoryDown', { reason: 'x' }));

test('an old token serves to its end while the directory is down, unless the server refused it', async () => {
  const { auth: one, over } = auth(tokens('old', ENDS_SOON_S), down);
  expect(await one.token()).toBe('old');
  await expect(one.token('old')).rejects.toMatchObject({ code: 'directoryDown' });
  expect(over()).toBe(0);
  const { auth: ended } = auth(tokens('old', -1), down);
  await expect(ended.token()).rejects.toMatchObject({ code: 'directoryDown', retryable: true });
});

test('a refusal ends the sign-in once, and is the reason for all who ask later', async () => {
  const refuses = (): Promise<KeptTokens> =>
    Promise.reject(new FarsideError('directoryRefused', { reason: 'locked' }));
  const { auth: one, over } = auth(tokens('old', ENDS_SOON_S), refuses);
  await expect(one.token()).rejects.toMatchObject({ code: 'directoryRefused' });
  await expect(one.token()).rejects.toMatchObject({ message: expect.stringContaining('locked') });
  expect(over()).toBe(1);
  await one.signInWith(tokens('new', 3_600));
  expect(await one.token()).toBe('new');
  await one.signOut();
  await expect(one.token()).rejects.toMatchObject({ code: 'notSignedIn' });
});
