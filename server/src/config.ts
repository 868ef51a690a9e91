import { resolve } from 'node:path';
import { FarsideError } from '@farside/protocol';
import { MOST_SPARES } from './compute/api.ts';
import { directoryConfig, type DirectoryConfig, type DirectoryOptions } from './web/auth/directory/config.ts';
import { hostPattern } from './web/jobs/webhook/policy.ts';

/** The port of the original. */
export const DEFAULT_PORT = 12_800;
/** Only this machine, unless somebody decides otherwise. */
export const DEFAULT_HOST = '127.0.0.1';
const GIB = 1024 ** 3;
/** Larger files are refused before a byte is stored; raise it with --max-file-size. */
export const DEFAULT_MAX_FILE_BYTES = 4 * GIB;

/** What `farside serve` was asked to do. */
export interface ServeConfig {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** Sub-path behind a reverse proxy, without a trailing slash: '' or '/farside'. */
  readonly basePath: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** `none`: the administrator accepts that all R workers run as one system user. */
  readonly isolation?: 'none';
  /** RLIMIT_AS of every worker, in bytes. */
  readonly memoryLimit?: number;
  /** Bounds of a session's journal and plots in bytes; the worker's own (1 GiB each) where there is none. */
  readonly journalBytes?: number;
  readonly plotBytes?: number;
  /** Whose library `install.packages()` fills: the session's, or one of the user that stays. */
  readonly packageLibrary: 'session' | 'personal';
  /** Where packages come from; R's own setting where there is none. */
  readonly repos?: string;
  /** The R to use. */
  readonly r?: string;
  /** Origins of browser clients that may call the server. */
  readonly allowOrigin: readonly string[];
  readonly maxFileBytes: number;
  /** R processes started ahead, for new sessions. */
  readonly spares: number;
  /** How often a session's workspace is saved where the session does not say; 0: never. */
  readonly checkpointMinutes: number;
  /** Hosts that jobs may tell about their end. */
  readonly webhookHosts: readonly string[];
  /** These may have internal addresses. */
  readonly webhookInternal: boolean;
  /** Whose access tokens are taken besides, or instead of, the server's own. */
  readonly directory?: DirectoryConfig;
  /** People can sign in with a name and a password of this server. */
  readonly localAccounts: boolean;
}

/** The options of the command line, as text. */
export interface ServeOptions extends DirectoryOptions {
  port?: string;
  host?: string;
  dataDir: string;
  basePath?: string;
  tlsCert?: string;
  tlsKey?: string;
  isolation?: string;
  memoryLimit?: string;
  journalSize?: string;
  plotsSize?: string;
  packageLibrary?: string;
  repos?: string;
  r?: string;
  allowOrigin?: string[];
  maxFileSize?: string;
  spares?: string;
  checkpointMinutes?: string;
  webhookHost?: string[];
  webhookInternal?: boolean;
}

const MAX_PORT = 65_535;
/** Some 40 MB for a session that starts at once. */
export const DEFAULT_SPARES = 1;
const DAY_MINUTES = 1440;

/** Checks the options of `farside serve`; throws `badRequest` naming the option. */
export function serveConfig(options: ServeOptions): ServeConfig {
  const port = Number(options.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) refuse(`--port must be 0 to ${MAX_PORT}`);
  const { tlsCert: cert, tlsKey: key } = options;
  if (Boolean(cert) !== Boolean(key)) refuse('--tls-cert and --tls-key go together');
  if (options.isolation !== undefined && options.isolation !== 'none') refuse('--isolation can only be none');
  const directory = directoryConfig(options);
  // A directory is never one user.
  if (directory && options.isolation !== 'none') throw new FarsideError('isolationNeeded');
  return {
    port,
    host: options.host ?? DEFAULT_HOST,
    dataDir: resolve(options.dataDir),
    basePath: basePath(options.basePath ?? ''),
    ...(cert && key && { tls: { cert, key } }),
    ...(options.isolation === 'none' && { isolation: 'none' }),
    ...(options.memoryLimit && { memoryLimit: parseSize(options.memoryLimit, '--memory-limit') }),
    ...(options.journalSize && { journalBytes: parseSize(options.journalSize, '--journal-size') }),
    ...(options.plotsSize && { plotBytes: parseSize(options.plotsSize, '--plots-size') }),
    packageLibrary: packageLibrary(options.packageLibrary ?? 'session'),
    ...(options.repos && { repos: repository(options.repos) }),
    ...(options.r && { r: options.r }),
    allowOrigin: (options.allowOrigin ?? []).map(origin),
    maxFileBytes: options.maxFileSize
      ? parseSize(options.maxFileSize, '--max-file-size')
      : DEFAULT_MAX_FILE_BYTES,
    spares: count(options.spares ?? String(DEFAULT_SPARES), '--spares', MOST_SPARES),
    checkpointMinutes: count(options.checkpointMinutes ?? '0', '--checkpoint-minutes', DAY_MINUTES),
    webhookHosts: (options.webhookHost ?? []).map(webhookHost),
    webhookInternal: options.webhookInternal ?? false,
    ...(directory && { directory }),
    localAccounts: localAccounts(options.localAccounts, directory !== undefined),
  };
}

const UNITS = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

/** "512M", "1.5G", "1048576" in bytes. */
export function parseSize(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  const bytes = Number(match?.[1]) * UNITS[(match?.[2]?.toUpperCase() ?? '') as keyof typeof UNITS];
  if (!match || !Number.isSafeInteger(Math.round(bytes)) || bytes < 1)
    refuse(`${option} must be a size like 512M or 4G, not "${text}"`);
  return Math.round(bytes);
}

function count(text: string, option: string, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > most)
    refuse(`${option} must be 0 to ${most}`);
  return value;
}

function packageLibrary(text: string): 'session' | 'personal' {
  if (text !== 'session' && text !== 'personal') refuse('--package-library must be session or personal');
  return text;
}

function repository(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:', 'file:'].includes(url.protocol))
    refuse(`--repos must be like https://cloud.r-project.org, not "${text}"`);
  return text.replace(/\/+$/, '');
}

function basePath(text: string): string {
  const path = text.replace(/\/+$/, '');
  if (path === '') return '';
  if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(path)) refuse('--base-path must be like /farside');
  return path;
}

function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.origin === 'null') refuse(`--allow-origin must be like https://host, not "${text}"`);
  return url.origin;
}

function webhookHost(text: string): string {
  return (
    hostPattern(text) ??
    refuse(`--webhook-host must be like hooks.example.org or *.example.org, not "${text}"`)
  );
}

/** As in the original, a directory takes their place unless both are wanted. */
function localAccounts(text: string | undefined, hasDirectory: boolean): boolean {
  const value = text ?? (hasDirectory ? 'off' : 'on');
  if (value !== 'on' && value !== 'off') refuse('--local-accounts must be on or off');
  if (value === 'off' && !hasDirectory)
    refuse('--local-accounts off needs a directory (--aad-tenant, --aad-audience): nobody could sign in');
  return value === 'on';
}

function refuse(reason: string): never {
  throw new FarsideError('badRequest', { reason });
}
