import * as vscode from 'vscode';
import { FarsideError } from '@farside/protocol';

/** The address when it is a page of the web; nothing else a server names is ever opened. */
export function webAddress(url: string): string | undefined {
  try {
    const { protocol, href } = new URL(url);
    return protocol === 'http:' || protocol === 'https:' ? href : undefined;
  } catch {
    return undefined;
  }
}

/** Opens a page in the user's browser. VS Code asks first, unless the user trusts the domain. */
export async function openWeb(url: string): Promise<void> {
  const address = webAddress(url);
  if (address === undefined)
    throw new FarsideError('badRequest', { reason: 'it is not an address of the web' });
  await vscode.env.openExternal(vscode.Uri.parse(address, true));
}
