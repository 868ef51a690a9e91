import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../lib/result.ts';

const MAX_MB = 1;

export function bundleCase(): Result[] {
  const bytes = statSync(join(import.meta.dirname, '..', '..', 'dist', 'extension.cjs')).size;
  return [
    {
      name: 'extension bundle',
      value: bytes / 1024 / 1024,
      unit: 'MB',
      target: { limit: MAX_MB, better: 'lower' },
    },
  ];
}
