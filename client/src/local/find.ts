import { posix, win32 } from 'node:path';

export interface Where {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** `farside.localR.path`; empty when not set. */
  readonly setting: string;
  /** Whether a file can be run. */
  readonly isProgram: (path: string) => boolean;
  /** Names in a folder; none when it is not there. */
  readonly list: (folder: string) => readonly string[];
}

export type Found =
  | { readonly path: string }
  /** Why there is none, and what to do. */
  | { readonly missing: string };

const INSTALL =
  'Local R was not found: not on the PATH and not in the usual places. Install R from https://cran.r-project.org, or set “farside.localR.path” to its program.';

/** The R of this machine: the setting, the PATH, the usual places. A setting that leads nowhere is not passed over. */
export function findR(where: Where): Found {
  const { setting, isProgram } = where;
  if (setting.trim() !== '') {
    const given = expand(setting.trim(), where);
    const path = [...inHome(given, where), given].find(isProgram);
    if (path !== undefined) return { path };
    return {
      missing: `The setting “farside.localR.path” is “${setting}”, where there is no R. Correct it, or empty it to have R looked for.`,
    };
  }
  const path = [...onPath(where), ...usual(where)].find(isProgram);
  return path === undefined ? { missing: INSTALL } : { path };
}

const isWindows = ({ platform }: Where): boolean => platform === 'win32';
const { join } = posix;

function expand(path: string, where: Where): string {
  return path === '~' || path.startsWith('~/') ? where.home + path.slice(1) : path;
}

/** The program inside R's folder. On Windows Rterm, since R.exe only starts another one. */
function inHome(home: string, where: Where): string[] {
  if (!isWindows(where)) return [join(home, 'bin', 'R')];
  return ['x64', ''].map((arch) => win32.join(home, 'bin', arch, 'Rterm.exe'));
}

function onPath(where: Where): string[] {
  const folders = (where.env['PATH'] ?? where.env['Path'] ?? '')
    .split(isWindows(where) ? ';' : ':')
    .filter((folder) => folder !== '');
  if (!isWindows(where)) return folders.map((folder) => join(folder, 'R'));
  // R's own bin folder, or one of its two inner ones.
  return folders.flatMap((folder) =>
    [win32.join(folder, 'x64'), folder].map((at) => win32.join(at, 'Rterm.exe')),
  );
}

function usual(where: Where): string[] {
  const { env, home, platform } = where;
  const given = env['R_HOME'] ? inHome(env['R_HOME'], where) : [];
  if (isWindows(where)) {
    const roots = [env['ProgramFiles'], env['LOCALAPPDATA'] && win32.join(env['LOCALAPPDATA'], 'Programs')];
    const folders = roots.filter((root) => root !== undefined).map((root) => win32.join(root, 'R'));
    const versions = folders.flatMap((folder) => newest(where, folder).map((v) => win32.join(folder, v)));
    return [...given, ...versions.flatMap((version) => inHome(version, where))];
  }
  const fixed =
    platform === 'darwin'
      ? ['/Library/Frameworks/R.framework/Resources/bin/R', '/opt/homebrew/bin/R', '/usr/local/bin/R']
      : ['/usr/bin/R', '/usr/local/bin/R', '/usr/lib/R/bin/R', join(home, '.local/bin/R')];
  const opt = newest(where, '/opt/R').map((version) => join('/opt/R', version, 'bin', 'R'));
  return [...given, ...fixed, ...opt];
}

/** Versions in a folder, the newest first. */
const newest = ({ list }: Where, folder: string): string[] =>
  list(folder)
    .filter((name) => /\d/.test(name))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
