import type { Directory } from '@farside/protocol';

/** Microsoft's clouds of their own are another provider of VS Code. */
export function providerOf(authority: string): 'microsoft' | 'microsoft-sovereign-cloud' {
  return /^https:\/\/login\.(microsoftonline\.us|partner\.microsoftonline\.cn|chinacloudapi\.cn)(\/|$)/i.test(
    authority,
  )
    ? 'microsoft-sovereign-cloud'
    : 'microsoft';
}

/** What VS Code's Microsoft accounts are asked for: the first two are its own convention for "which application where". */
export function scopesOf({ clientId, tenant, scope }: Directory): string[] {
  return [
    ...(clientId === undefined ? [] : [`VSCODE_CLIENT_ID:${clientId}`]),
    `VSCODE_TENANT:${tenant}`,
    'offline_access',
    scope,
  ];
}

/** When a token ends, seconds since 1970, as it says itself; the server decides. */
export function expiryOf(token: string): number | undefined {
  try {
    const claims = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
    ) as unknown;
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' && Number.isFinite(exp) ? exp : undefined;
  } catch {
    return undefined;
  }
}
