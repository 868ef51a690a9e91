import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LocalBench, PROFILE } from './bench.ts';

/** Processes of a group; a zombie is none. */
function groupOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const [state, , group] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        return group === String(pid) && state !== 'Z';
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function untilGone(pid: number): Promise<void> {
  while (groupOf(pid).length > 0) await new Promise((resolve) => setImmediate(resolve));
}

test('closing the terminal ends an R that computes, and what it has started', async () => {
  const bench = new LocalBench();
  await bench.idle();
  await bench.run('system("sleep 1000", wait = FALSE)');
  bench.console.input('repeat { cat("."); try(Sys.sleep(0.01)) }\r');
  await bench.shows(/\n\.\./);
  const pid = bench.process.pid ?? 0;
  expect(groupOf(pid).length).toBeGreaterThan(2);
  await bench.end();
  await untilGone(pid);
});

test('an R that ignores signals is ended too', async () => {
  const bench = new LocalBench();
  await bench.idle();
  bench.console.input('system("trap \'\' INT TERM HUP; echo deaf; while :; do sleep 1; done")\r');
  await bench.shows(/\ndeaf$/);
  const pid = bench.process.pid ?? 0;
  await bench.end();
  await untilGone(pid);
});

test('an editor that is killed takes its R with it, also one that computes', async () => {
  const dir = join(import.meta.dirname, '..', '..', '..');
  const code = `
    import { planLaunch, LocalProcess } from './client/src/local/index.ts';
    const plan = { path: '/usr/bin/R', platform: process.platform, env: process.env, nonce: 'n', columns: 80 };
    const r = new LocalProcess(planLaunch({ ...plan, profile: ${JSON.stringify(PROFILE)} }), '/tmp');
    r.onOutput((bytes) => process.stdout.write(bytes));
    r.write('cat(tempdir(), "\\\\n"); cat("run", "ning\\\\n"); repeat 1\\n');
    process.stdout.write('pid ' + r.pid + '\\n');`;
  const editor = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: dir });
  let text = '';
  editor.stderr.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await new Promise<void>((resolve) =>
    editor.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (text.includes('run ning')) resolve();
    }),
  );
  const pid = Number(/pid (\d+)/.exec(text)?.[1]);
  const temporary = /(\/[^\s\x1f]*\/Rtmp\w+)/.exec(text)?.[1] ?? '';
  expect(existsSync(temporary)).toBe(true);
  editor.kill('SIGKILL');
  await untilGone(pid);
  // R can not clean up: nobody reads what it writes any more, which ends it at once.
  rmSync(temporary, { recursive: true, force: true });
});

test('a program that is no R says so', async () => {
  const { LocalProcess } = await import('../../src/index.ts');
  const launch = { command: '/nonexistent/R', args: [], env: {}, group: true };
  const process = new LocalProcess(launch, '/tmp');
  const exit = await new Promise<{ error?: string }>((resolve) => process.onExit(resolve));
  expect(exit.error).toContain('ENOENT');
});
