import * as vscode from 'vscode';
import { normalizeUrl } from '@farside/client';

/** A server as the settings name it; `url` is in the one spelling that keys its tokens and sessions. */
export interface ServerEntry {
  readonly name: string;
  readonly url: string;
  /** Not of the settings: known to this window only, since R signed in there. */
  readonly guest?: true;
}

const SETTING = 'farside.servers';

/** What a server is called when the user gives no name: its host, and its path behind a reverse proxy. */
export function defaultName(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`.replace(/\/+$/, '');
}

/** The servers of a setting's value: entries that are no addresses are left out, doubles merged. */
export function parseServers(value: unknown): readonly ServerEntry[] {
  const found = new Map<string, ServerEntry>();
  for (const item of Array.isArray(value) ? (value as unknown[]) : []) {
    const { url, name } = (item ?? {}) as { url?: unknown; name?: unknown };
    const normal = typeof url === 'string' ? tryNormalize(url) : undefined;
    if (normal === undefined || found.has(normal)) continue;
    const named = typeof name === 'string' && name.trim() !== '';
    found.set(normal, { url: normal, name: named ? name.trim() : defaultName(normal) });
  }
  return [...found.values()];
}

export function readServers(): readonly ServerEntry[] {
  return parseServers(vscode.workspace.getConfiguration().get<unknown>(SETTING));
}

export function writeServers(servers: readonly ServerEntry[]): Thenable<void> {
  return vscode.workspace.getConfiguration().update(SETTING, servers, vscode.ConfigurationTarget.Global);
}

export function onServersChange(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(SETTING)) listener();
  });
}

function tryNormalize(url: string): string | undefined {
  try {
    return normalizeUrl(url);
  } catch {
    return undefined;
  }
}
