/** Settings of this program and of the npm and Node that run it; R must not see them. */
const PRIVATE = /^(FARSIDE_|NODE_|npm_|INIT_CWD$)/;
const UTF8 = /utf-?8/i;

/**
 * The environment for R: this process's own without the server's secrets. Without a UTF-8 locale R would take
 * every character beyond ASCII for bytes, so there is one at least for characters.
 */
export function rEnvironment(
  extra: NodeJS.ProcessEnv = {},
  from: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(from).filter(([name]) => !PRIVATE.test(name)));
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (!UTF8.test(locale)) {
    delete env['LC_ALL'];
    delete env['LC_CTYPE'];
    env['LANG'] = 'C.UTF-8';
  }
  return { ...env, ...extra };
}
