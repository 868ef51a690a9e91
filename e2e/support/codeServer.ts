import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeServer, node } from '../install.mjs';
import { freePort } from './ports.ts';
import { endGroup, output, until } from './processes.ts';

const START_MS = 60_000;

/** The DOM renderer, so that a terminal's text can be read; nothing that asks, updates or phones. */
const SETTINGS = {
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.enabled': false,
  'window.dialogStyle': 'custom',
};

export interface CodeServer {
  readonly url: string;
  /** Everything the workbench and the extension host said. */
  log(): string;
  stop(): Promise<void>;
}

/** Installs the packaged extension into a fresh profile and starts the workbench on `workspace`. */
export async function startCodeServer(options: { vsix: string; workspace: string }): Promise<CodeServer> {
  const root = mkdtempSync(join(tmpdir(), 'farside-e2e-code-'));
  const userDir = join(root, 'user');
  mkdirSync(join(userDir, 'User'), { recursive: true });
  writeFileSync(join(userDir, 'User', 'settings.json'), JSON.stringify(SETTINGS));
  const common = [join(codeServer, 'out/node/entry.js'), '--config', '/dev/null'];
  common.push('--user-data-dir', userDir, '--extensions-dir', join(root, 'extensions'));
  const env = cleanEnv(root);
  await installExtension([...common, '--install-extension', options.vsix], env);

  const port = await freePort();
  const serve = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry'];
  serve.push('--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override');
  // A process group of its own, so that stopping takes the extension host with it.
  const child = spawn(node, [...common, ...serve, options.workspace], { env, detached: true });
  const log = output(child);
  const url = `http://127.0.0.1:${port}`;
  await until(
    () => answers(`${url}/healthz`, child, log),
    START_MS,
    () => `code-server\n${log()}`,
  );
  const stop = async (): Promise<void> => {
    await endGroup(child);
    rmSync(root, { recursive: true, force: true });
  };
  return { url, log, stop };
}

async function installExtension(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(node, args, { env });
  const log = output(child);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0 || !/successfully installed/.test(log())) throw new Error(`install-extension: ${log()}`);
}

async function answers(url: string, child: ChildProcess, log: () => string): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`code-server ended\n${log()}`);
  return fetch(url).then(
    (reply) => reply.ok,
    () => false,
  );
}

/** Nothing of the caller's own VS Code, and no extension gallery to look things up in. */
function cleanEnv(root: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([k]) => !/^(VSCODE_|PASSWORD$|HASHED_PASSWORD$)/.test(k));
  const xdg = join(root, 'xdg');
  const folders = { XDG_DATA_HOME: xdg, XDG_CONFIG_HOME: xdg, XDG_CACHE_HOME: xdg };
  return { ...Object.fromEntries(kept), ...folders, EXTENSIONS_GALLERY: '{}' };
}
