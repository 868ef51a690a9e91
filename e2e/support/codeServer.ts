import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeServer, node } from '../install.mjs';
import { freePort } from './ports.ts';
import { endGroup, output, until } from './processes.ts';

const START_MS = 60_000;

/** The DOM renderer, so that a terminal's text can be read; nothing that asks, updates or phones. */
const SETTINGS = {
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.scrollback': 20_000,
  'security.workspace.trust.startupPrompt': 'never',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.enabled': false,
  'window.dialogStyle': 'custom',
};

export interface CodeServerOptions {
  readonly vsix: string;
  readonly workspace: string;
  /** The folder is not trusted until the user says so; else all are. */
  readonly untrusted?: boolean;
  /** More extensions (VSIX files), and what they find in their environment. */
  readonly extensions?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface CodeServer {
  readonly url: string;
  /** The processes in which extensions run, one for each window. */
  extensionHosts(): readonly number[];
  /** Everything the workbench and the extension host said. */
  log(): string;
  stop(): Promise<void>;
}

/** Installs the packaged extension into a fresh profile and starts the workbench on `workspace`. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const root = mkdtempSync(join(tmpdir(), 'farside-e2e-code-'));
  const userDir = join(root, 'user');
  mkdirSync(join(userDir, 'User'), { recursive: true });
  const trust = options.untrusted ?? false;
  const settings = { ...SETTINGS, 'security.workspace.trust.enabled': trust };
  writeFileSync(join(userDir, 'User', 'settings.json'), JSON.stringify(settings));
  const common = [join(codeServer, 'out/node/entry.js'), '--config', '/dev/null'];
  common.push('--user-data-dir', userDir, '--extensions-dir', join(root, 'extensions'));
  const env = { ...cleanEnv(root), ...options.env };
  for (const file of [options.vsix, ...(options.extensions ?? [])])
    await installExtension([...common, '--install-extension', file], env);

  const port = await freePort();
  const serve = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry'];
  serve.push('--disable-update-check', '--disable-getting-started-override');
  if (!trust) serve.push('--disable-workspace-trust');
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
  return { url, log, stop, extensionHosts: () => extensionHostsIn(child.pid ?? 0) };
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

function extensionHostsIn(group: number): number[] {
  const hosts: number[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)))
    try {
      const inGroup =
        readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[2] === String(group);
      if (inGroup && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--type=extensionHost'))
        hosts.push(Number(name));
    } catch {
      // It ended while we looked.
    }
  return hosts;
}

/** Nothing of the caller's own VS Code, and no extension gallery to look things up in. */
function cleanEnv(root: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([k]) => !/^(VSCODE_|PASSWORD$|HASHED_PASSWORD$)/.test(k));
  const xdg = join(root, 'xdg');
  const folders = { XDG_DATA_HOME: xdg, XDG_CONFIG_HOME: xdg, XDG_CACHE_HOME: xdg };
  return { ...Object.fromEntries(kept), ...folders, EXTENSIONS_GALLERY: '{}' };
}
