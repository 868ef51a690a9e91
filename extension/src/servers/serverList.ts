import * as vscode from 'vscode';

/** A server as the settings name it. */
export interface ServerEntry {
  readonly name: string;
  readonly url: string;
}

const SETTING = 'farside.servers';

/** One spelling for each server: the address is the key of its tokens and sessions. */
export function normalizeUrl(text: string): string | undefined {
  try {
    const url = new URL(text.trim());
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
    if (url.username || url.password) return undefined;
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  } catch {
    return undefined;
  }
}

/** What the user calls a server when no name is given: its host, and its path behind a reverse proxy. */
export function defaultName(url: string): string {
  const { host, pathname } = new URL(url);
  return host + (pathname === '/' ? '' : pathname);
}

/** The servers of the user's settings, entries that are no addresses left out and doubles merged. */
export function readServers(): readonly ServerEntry[] {
  const raw = vscode.workspace.getConfiguration().get<unknown>(SETTING);
  const found = new Map<string, ServerEntry>();
  for (const item of Array.isArray(raw) ? (raw as unknown[]) : []) {
    const { url, name } = (item ?? {}) as { url?: unknown; name?: unknown };
    const normal = typeof url === 'string' ? normalizeUrl(url) : undefined;
    if (normal === undefined || found.has(normal)) continue;
    const named = typeof name === 'string' && name.trim() !== '';
    found.set(normal, { url: normal, name: named ? name.trim() : defaultName(normal) });
  }
  return [...found.values()];
}

export function writeServers(servers: readonly ServerEntry[]): Thenable<void> {
  return vscode.workspace
    .getConfiguration()
    .update(SETTING, servers, vscode.ConfigurationTarget.Global);
}

export function onServersChange(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(SETTING)) listener();
  });
}
