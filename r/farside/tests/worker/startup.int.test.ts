import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fromUtf8, Hello, WORKER_PROTOCOL } from '@farside/protocol';
import { installPackage, worker } from './library.ts';

const ARGUMENTS = ['--no-save', '--no-restore', '--no-readline', '--quiet', '--interactive'];
const made: string[] = [];

function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'farside-startup-'));
  made.push(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** What R prints with this profile when nobody is in between. */
function localR(cwd: string, env: NodeJS.ProcessEnv, input: string): string {
  const command = `R ${ARGUMENTS.join(' ')} 2>&1`;
  const options = { cwd, input, encoding: 'utf8', env: { ...process.env, LANG: 'C.UTF-8', ...env } } as const;
  return spawnSync('sh', ['-c', command], options).stdout;
}

test('hello says what the worker is', async () => {
  const w = await worker();
  const hello = Hello.parse(JSON.parse(fromUtf8(w.records[0]?.payload ?? new Uint8Array())));
  expect(hello).toMatchObject({ protocol: WORKER_PROTOCOL, pid: w.process.pid, workdir: join(w.dir, 'work') });
  expect(hello.limits).toBeUndefined();
});

test('nothing of ours is left in the session', async () => {
  const w = await worker();
  expect(await w.run('ls(all.names = TRUE)')).toBe('character(0)\n');
  expect(
    await w.run(
      'grep("farside|R_PROFILE_USER", c(search(), .libPaths(), names(Sys.getenv())), value = TRUE)',
    ),
  ).toBe('character(0)\n');
  expect(await w.run('search()[2:4]')).toBe(
    '[1] "package:stats"     "package:graphics"  "package:grDevices"\n',
  );
});

const PROFILES: Record<string, string> = {
  'prints and sets':
    'options(digits = 3)\ncat("hello\\n")\npi\ninvisible(2)\n.First <- function() cat("first\\n")\n',
  'fails half way': 'a <- 1\nf <- function() stop("broken profile")\nf()\na <- 2\n',
  'fails at top level': 'a <- 1\nstop("at top level")\n',
  'does not parse': 'a <- 1\nx y\na <- 2\n',
  warns: 'a <- as.integer("x")\nwarning("careful")\n',
  'knows its frames': 'a <- sys.nframe()\nprint(sys.calls())\nb <- parent.frame()\n',
  'is long': `a <- 1\n${'# padding\n'.repeat(2000)}cat("end of profile\\n")\n`,
  'is empty': '',
};

test.each(Object.entries(PROFILES))('a profile that %s does what it does in a local R', async (_, text) => {
  const dir = folder({ '.Rprofile': text });
  const input = 'ls()\nif (exists("a")) a\npi\n';
  const w = await worker({ HOME: '/nonexistent' }, dir);
  const local = localR(dir, { HOME: '/nonexistent' }, input);
  await w.run(input.trimEnd());
  expect(w.transcript()).toBe(local.replace(/\n$/, ''));
});

test('the profile is found as R finds it', async () => {
  const home = folder({ '.Rprofile': 'where <- "home"\n' });
  const named = folder({ mine: 'where <- "named"\n' });
  const show = 'if (exists("where")) where else "none"';
  const inHome = await worker({ HOME: home });
  expect(await inHome.run(show)).toBe('[1] "home"\n');
  const original = await worker({ HOME: home, FARSIDE_ORIGINAL_R_PROFILE_USER: join(named, 'mine') });
  expect(await original.run(show)).toBe('[1] "named"\n');
  expect(await original.run('basename(Sys.getenv("R_PROFILE_USER"))')).toBe('[1] "mine"\n');
  const none = await worker({ HOME: home, FARSIDE_ORIGINAL_R_PROFILE_USER: '' });
  expect(await none.run(show)).toBe('[1] "none"\n');
});

test.each([
  ['no session directory', '/nonexistent/session', undefined],
  ['no package', undefined, '/nonexistent/library'],
])('%s: R says so and ends', (_, session, library) => {
  const lib = installPackage();
  const dir = folder({});
  mkdirSync(join(dir, 'work'));
  const env = {
    ...process.env,
    FARSIDE_SESSION_DIR: session ?? dir,
    FARSIDE_LIB: library ?? lib,
    R_PROFILE_USER: join(lib, 'farside', 'start.R'),
  };
  const result = spawnSync('R', ARGUMENTS, { cwd: join(dir, 'work'), env, encoding: 'utf8', input: '' });
  expect(result.stderr).toMatch(/The worker can not start: .*(nonexistent|no package called)/);
  expect(result.status).toBe(1);
});
