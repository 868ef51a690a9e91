/** How R is to be started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A process group of its own, which interrupts and the end go to; and file 3, whose end says that the editor is gone. */
  readonly group: boolean;
}

export interface LaunchOptions {
  readonly path: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** profile.R. */
  readonly profile: string;
  readonly nonce: string;
  readonly columns: number;
  /** More variables, e.g. those of the handover. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** The other way round R's line editor stays on, and echoes. */
const R_ARGS = ['--no-readline', '--interactive', '--quiet'];

/**
 * R with its errors in its output, in order. Beside it waits a watcher that is not stopped by the signals of the
 * group: when file 3 ends, the terminal or the editor is gone, and it ends R and everything R started.
 */
const WATCHED = `
(
  trap '' INT TERM HUP QUIT
  cat <&3
  kill -INT -$$; n=0
  while kill -0 $$ && [ $n -lt 20 ]; do sleep 0.1; n=$((n+1)); done
  kill -HUP -$$; kill -TERM -$$; sleep 1; kill -KILL -$$
) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&- 2>&1
`;

export function planLaunch(options: LaunchOptions): Launch {
  const { path, platform, profile, nonce, columns, extra } = options;
  const given = definedOf(options.env);
  const env: Record<string, string> = { ...given, ...locale(platform, given), ...extra };
  const colours = { R_CLI_NUM_COLORS: '256', R_CLI_DYNAMIC: 'true', COLORTERM: 'truecolor' };
  for (const [name, value] of Object.entries(colours)) env[name] ??= value;
  if (env['R_PROFILE_USER'] !== undefined) env['FARSIDE_LOCAL_PROFILE'] = env['R_PROFILE_USER'];
  env['R_PROFILE_USER'] = profile;
  env['FARSIDE_LOCAL_NONCE'] = nonce;
  env['FARSIDE_LOCAL_COLUMNS'] = String(columns);
  if (platform === 'win32') return { command: path, args: ['--ess', '--quiet'], env, group: false };
  return { command: '/bin/sh', args: ['-c', WATCHED, 'sh', path, ...R_ARGS], env, group: true };
}

function definedOf(env: LaunchOptions['env']): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // Of the editor itself, not of what runs in its terminals.
  return Object.fromEntries(
    kept.filter(([name]) => !/^(ELECTRON_|VSCODE_|FARSIDE_EDITOR|FARSIDE_LOCAL_)/.test(name)),
  );
}

/** An editor that was not started from a shell has no locale, and R would show other letters than ASCII as codes. */
function locale(platform: NodeJS.Platform, env: Record<string, string>): Record<string, string> {
  if (platform === 'win32' || env['LC_ALL'] || env['LC_CTYPE'] || env['LANG']) return {};
  return { LANG: platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8' };
}
