import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { TokenPair } from '@farside/protocol';
import type { TokenStore } from '@farside/client';
import { withFileLock } from './fileLock.ts';

/** The sign-in at one server, in VS Code's secret storage, which all windows share. */
export function secretTokenStore(context: vscode.ExtensionContext, url: string): TokenStore {
  const key = tokenKey(url);
  const name = createHash('sha256').update(url).digest('hex').slice(0, 16);
  const lock = join(context.globalStorageUri.fsPath, `refresh-${name}.lock`);
  return {
    load: async () => parse(await context.secrets.get(key)),
    save: async (pair) => context.secrets.store(key, JSON.stringify(pair)),
    clear: async () => context.secrets.delete(key),
    exclusive: (work) => withFileLock(lock, work),
  };
}

/** The secret's name: other windows watch it to learn of a sign-in or sign-out. */
export const tokenKey = (url: string): string => `farside.tokens ${url}`;

function parse(text: string | undefined): TokenPair | undefined {
  if (text === undefined) return undefined;
  try {
    return TokenPair.parse(JSON.parse(text));
  } catch {
    // Written by another version: the user signs in again.
    return undefined;
  }
}
