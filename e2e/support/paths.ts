import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
/** Screenshots to look at, and the package. */
export const output = join(root, '.cache', 'e2e');
export const vsix = join(output, 'farside.vsix');
