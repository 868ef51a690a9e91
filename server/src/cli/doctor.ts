import type { Command } from 'commander';
import { CHECKS, type DoctorContext, type Finding } from './checks.ts';

interface DoctorOptions {
  dataDir?: string;
  port?: string;
  r?: string;
  url?: string;
}

const SIGN = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** `farside doctor`: what a server needs on this machine, what is wrong and how to mend it. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      'Checks this machine: R, compiler, packages, ports, disk, fonts, and the server where one is named.',
    )
    .option('--data-dir <dir>', "the server's data directory")
    .option('--port <port>', 'the port that serve will use', '12800')
    .option('--r <path>', 'the R to use')
    .option('--url <url>', 'a server to reach (default: FARSIDE_URL)')
    .action(async (options: DoctorOptions) => {
      process.exitCode = await examine({
        dataDir: options.dataDir,
        port: Number(options.port),
        r: options.r,
        url: options.url ?? process.env['FARSIDE_URL'],
      });
    });
}

/** Runs all checks and prints a line for each. 1 when something fails. */
async function examine(context: DoctorContext): Promise<number> {
  let failed = false;
  for (const check of CHECKS) {
    const finding = await check.run(context).catch((error: unknown): Finding => ({
      level: 'fail',
      text: error instanceof Error ? error.message : String(error),
    }));
    if (finding === undefined) continue;
    failed ||= finding.level === 'fail';
    process.stdout.write(`${SIGN[finding.level]}  ${check.name}: ${finding.text}\n`);
    if (finding.mend) process.stdout.write(`      ${finding.mend}\n`);
  }
  process.stdout.write(failed ? '\nSomething has to be mended.\n' : '\nAll is well.\n');
  return failed ? 1 : 0;
}
