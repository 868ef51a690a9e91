import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type { WorkerRuntime } from '../sessions/launch.ts';

/** Paths that R looks up from its working directory when they are relative. */
const PATH_SETTINGS = [
  ...['R_ENVIRON', 'R_ENVIRON_USER', 'R_PROFILE', 'R_PROFILE_USER'],
  ...['R_LIBS', 'R_LIBS_USER', 'R_LIBS_SITE', 'TMPDIR'],
];
/** What a profile can do to packages that a spare has loaded already. */
const TOUCHES_LOADING = /defaultPackages|packageEvent|onLoad/;
const TOUCHES_PLACE = /\bgetwd\s*\(/;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Why a session in this directory has to start from nothing: R would have read something before its profile that a
 * spare read elsewhere, or its profile changes how packages are loaded. Undefined: a spare does.
 */
export function needsColdStart(workdir: string, r: { home: string }, env: Env): string | undefined {
  const relative = PATH_SETTINGS.find((name) => isRelative(env[name]));
  if (relative) return `${relative} is relative`;
  if (exists(join(workdir, '.Renviron'))) return 'the working directory has a .Renviron';
  const site = text(env['R_PROFILE'] || join(r.home, 'etc', 'Rprofile.site'));
  if (TOUCHES_PLACE.test(site)) return 'the site’s profile asks for the working directory';
  const profile = env['R_PROFILE_USER']
    ? text(env['R_PROFILE_USER'])
    : text(join(workdir, '.Rprofile')) || text(join(home(env), '.Rprofile'));
  return TOUCHES_LOADING.test(profile) ? 'the profile changes how packages are loaded' : undefined;
}

/** What a spare has read: when it changes, the spares of before are of no use. */
export function startFiles({ r, library }: WorkerRuntime, env: Env): string {
  const files = [
    ...['Renviron', 'Renviron.site', 'Rprofile.site', 'ldpaths'].map((name) => join(r.home, 'etc', name)),
    ...[env['R_ENVIRON'], env['R_PROFILE'], env['R_ENVIRON_USER'] ?? join(home(env), '.Renviron')],
    ...[r.path, join(r.home, 'lib', 'libR.so'), join(r.home, 'bin', 'exec', 'R')],
    ...[join(r.home, 'library', 'base', 'DESCRIPTION'), join(library, 'farside', 'Meta', 'package.rds')],
    ...['/etc/localtime', '/etc/timezone'],
  ];
  return files.map(stamp).join(' ');
}

const home = (env: Env): string => env['HOME'] ?? homedir();

function isRelative(paths: string | undefined): boolean {
  return (paths ?? '')
    .split(delimiter)
    .some((path) => path !== '' && !isAbsolute(path) && !/^[~%]/.test(path));
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

function stamp(path: string | undefined): string {
  const found = path ? statSync(path, { throwIfNoEntry: false }) : undefined;
  return found ? `${found.ino}:${found.mtimeMs}:${found.size}` : '-';
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
