import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { productRoot } from '../runtime/productRoot.ts';
import type { ServeConfig } from '../config.ts';

/** What everybody who signs in is told; empty when there is nothing to tell. */
export function noticeOf(config: Pick<ServeConfig, 'isolation'>): string {
  if (config.isolation !== 'none') return '';
  return 'This server runs all R sessions as one system user (--isolation=none): its users can read each other’s files.';
}

export const isolationOf = (config: Pick<ServeConfig, 'isolation'>): 'none' | 'single-user' =>
  config.isolation ?? 'single-user';

/** The version in package.json, which the extension's manifest shares. */
export function productVersion(): string {
  const manifest = JSON.parse(readFileSync(join(productRoot(), 'package.json'), 'utf8')) as {
    version?: string;
  };
  return manifest.version ?? '0.0.0';
}
