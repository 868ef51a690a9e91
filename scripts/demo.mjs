/** `npm run demo`: set-up, then a real analysis on a server of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setup } from './setup.mjs';
import { pinnedEnv, pinnedNode, root } from './lib/paths.mjs';

await setup();
const main = join(root, 'scripts', 'demo', 'main.ts');
const child = spawn(pinnedNode(), [main], { cwd: root, env: pinnedEnv(), stdio: 'inherit' });
child.once('exit', (code) => process.exit(code ?? 1));
