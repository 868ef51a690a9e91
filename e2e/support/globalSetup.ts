import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { install } from '../install.mjs';
import { output, root, vsix } from './paths.ts';

/** The workbench, and the packaged extension as users get it. */
export async function setup(): Promise<void> {
  if (!existsSync(join(root, 'dist', 'farside.mjs'))) throw new Error('dist/ is not there: npm run build');
  await install();
  mkdirSync(output, { recursive: true });
  const vsce = join(root, 'node_modules', '.bin', 'vsce');
  // The pictures of the README are not part of the package.
  const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  execFileSync(vsce, ['package', ...flags, '-o', vsix], { cwd: root, stdio: 'pipe' });
}
