import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { KeptTokens } from '@farside/protocol';
import type { TokenStore } from '@farside/client';
import { withFileLock } from './fileLock.ts';

/** The sign-in at one server, in VS Code's secret storage, which all windows share. */
export function secretTokenStore(context: vscode.ExtensionContext, url: string): TokenStore {
  const key = tokenKey(url);
  const name = createHash('sha256').update(url).digest('hex').slice(0, 16);
  const lock = join(context.globalStorageUri.fsPath, `refresh-${name}.lock`);
  // Tokens of a directory are VS Code's to keep: here only which account it is, the token itself in memory. What R signed
  // in to is no account of VS Code's: nothing of it is kept.
  let held: KeptTokens | undefined;
  return {
    load: async () => {
      const kept = parse(await context.secrets.get(key));
      if (held && isOfR(held)) return kept ?? held;
      const isHeld = held && kept?.directory?.account?.id === held.directory?.account?.id;
      return isHeld ? held : kept;
    },
    save: async (tokens) => {
      held = tokens.directory ? tokens : undefined;
      if (isOfR(tokens)) return context.secrets.delete(key);
      const kept = held ? { ...tokens, access_token: '', expires_in: 0, expires_on: 0 } : tokens;
      await context.secrets.store(key, JSON.stringify(kept));
    },
    clear: async () => {
      held = undefined;
      await context.secrets.delete(key);
    },
    exclusive: (work) => withFileLock(lock, work),
  };
}

/** The secret's name: other windows watch it to learn of a sign-in or sign-out. */
export const tokenKey = (url: string): string => `farside.tokens ${url}`;

/** Renewed with a refresh token of the directory that R was given. */
const isOfR = ({ directory }: KeptTokens): boolean =>
  directory !== undefined && directory.account === undefined;

function parse(text: string | undefined): KeptTokens | undefined {
  if (text === undefined) return undefined;
  try {
    return KeptTokens.parse(JSON.parse(text));
  } catch {
    // Written by another version: the user signs in again.
    return undefined;
  }
}
