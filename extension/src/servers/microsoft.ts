import * as vscode from 'vscode';
import { FarsideError, type Directory, type KeptTokens } from '@farside/protocol';
import { checkDirectory, renewAtDirectory } from '@farside/client';
import type { App } from '../app.ts';
import { expiryOf, providerOf, scopesOf } from './microsoftScopes.ts';

type Kept = NonNullable<KeptTokens['directory']>;

/**
 * Asks for an account of the directory in VS Code's own way; undefined when the user stops. `again`: what VS Code had
 * was refused, so a new sign-in it must be.
 */
export async function signInWithMicrosoft(
  directory: Directory,
  again: boolean,
): Promise<KeptTokens | undefined> {
  checkDirectory(directory);
  const [provider, scopes] = [providerOf(directory.authority), scopesOf(directory)];
  const had = again && (await vscode.authentication.getSession(provider, scopes, { silent: true }));
  // Who signs in by hand may choose another account than last time.
  const choose = { createIfNone: true, clearSessionPreference: true };
  const options: vscode.AuthenticationGetSessionOptions = had ? { forceNewSession: true } : choose;
  try {
    const session = await vscode.authentication.getSession(provider, scopes, options);
    return session && tokensOf(session, directory);
  } catch (error) {
    // What VS Code says when its own question is answered by "Cancel".
    if (error instanceof Error && /did not consent|cancel/i.test(error.message)) return undefined;
    throw failed(directory, error);
  }
}

/** VS Code renews its accounts itself, without asking anybody; what R signed in to is renewed at the directory. */
export async function renewByEditor(tokens: KeptTokens): Promise<KeptTokens> {
  const { directory } = tokens;
  if (!directory?.account) return renewAtDirectory(tokens);
  const session = await silently(directory);
  if (!session) throw new FarsideError('notSignedIn');
  return tokensOf(session, directory);
}

/** An account that was signed out of in VS Code is signed out of here as well. */
export function registerAccountWatch(app: App): vscode.Disposable {
  return vscode.authentication.onDidChangeSessions(({ provider }) => {
    for (const server of app.servers.all)
      void server.directory().then(async (directory) => {
        if (!directory?.account || providerOf(directory.authority) !== provider.id) return;
        if (!(await silently(directory))) await server.forgetExpired();
      }, app.log.warn);
  });
}

async function silently(directory: Kept): Promise<vscode.AuthenticationSession | undefined> {
  const { account, authority } = directory;
  try {
    const options = { silent: true, ...(account && { account }) };
    return await vscode.authentication.getSession(providerOf(authority), scopesOf(directory), options);
  } catch (cause) {
    // Its network may be down; that is no reason to sign anybody out.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FarsideError('unreachable', { url: authority, reason }, { cause });
  }
}

function tokensOf(session: vscode.AuthenticationSession, directory: Directory): KeptTokens {
  const now = Math.floor(Date.now() / 1000);
  const expires = expiryOf(session.accessToken) ?? now;
  const { id, label } = session.account;
  return {
    token_type: 'Bearer',
    access_token: session.accessToken,
    expires_in: Math.max(0, expires - now),
    expires_on: expires,
    refresh_token: '',
    directory: { ...directory, account: { id, label } },
  };
}

function failed({ authority }: Directory, cause: unknown): FarsideError {
  const reason = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
  return new FarsideError('directorySignIn', { authority, reason }, { cause });
}
