import type { z } from 'zod';
import { CONSOLE_ENDPOINTS } from './console.ts';
import { DOCS_ENDPOINTS } from './docs.ts';
import { MLS_ENDPOINTS } from './mls.ts';
import { HELP_ENDPOINTS } from './help.ts';
import { JOB_ENDPOINTS } from './jobs.ts';
import { SNAPSHOT_LIST_ENDPOINTS } from './snapshotList.ts';
import { SNAPSHOT_ENDPOINTS } from './snapshots.ts';
import { TRANSFER_ENDPOINTS } from './transfers.ts';
import { V2_ENDPOINTS } from './v2.ts';
export type { Endpoint } from './endpoint.ts';
export * from './console.ts';
export * from './transfers.ts';

/** Every REST endpoint, declared once: the server's router, the client and the documents follow from it. */
export const ENDPOINTS = {
  ...MLS_ENDPOINTS,
  ...V2_ENDPOINTS,
  ...JOB_ENDPOINTS,
  ...HELP_ENDPOINTS,
  ...CONSOLE_ENDPOINTS,
  ...DOCS_ENDPOINTS,
  ...SNAPSHOT_ENDPOINTS,
  ...SNAPSHOT_LIST_ENDPOINTS,
  ...TRANSFER_ENDPOINTS,
} as const;
export type EndpointName = keyof typeof ENDPOINTS;
export type ReplyOf<N extends EndpointName> =
  (typeof ENDPOINTS)[N]['reply'] extends z.ZodType<infer T> ? T : Uint8Array;

/** Puts values into a path. `*path` keeps its slashes, everything else is encoded whole. */
export function fillPath(path: string, values: Readonly<Record<string, string | number>>): string {
  return path.replace(/([:*])(\w+)/g, (_, kind: string, name: string) => {
    const value = String(values[name] ?? '');
    return kind === '*' ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
  });
}
