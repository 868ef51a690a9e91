import { Option, type Command } from 'commander';
import { destination, pino, type Logger } from 'pino';
import { DEFAULT_HOST, DEFAULT_PORT, DEFAULT_SPARES, serveConfig, type ServeOptions } from '../config.ts';
import { dataFiles } from '../web/dataFiles.ts';
import { directoryOptions } from './directoryOptions.ts';
import { prepareDataDir } from '../web/dataDir.ts';
import type { RunningServer } from '../web/serve.ts';

/** `farside serve`. */
export function serveCommand(program: Command): void {
  const serve = program
    .command('serve')
    .description('Serve R sessions: sign-in, REST and live consoles.')
    .requiredOption('--data-dir <dir>', 'where everything is kept; made when it is not there')
    .option('--port <number>', 'port to listen on; 0 takes a free one', String(DEFAULT_PORT))
    .option('--host <address>', 'address to listen on', DEFAULT_HOST)
    .option('--base-path <path>', 'sub-path behind a reverse proxy, e.g. /farside')
    .option('--tls-cert <file>', 'certificate chain (PEM): serve HTTPS')
    .option('--tls-key <file>', 'private key of the certificate (PEM)')
    .addOption(
      new Option('--isolation <kind>', 'none: accept that all R sessions run as one system user').choices([
        'none',
      ]),
    )
    .option('--memory-limit <size>', 'address space of each R process, e.g. 4G')
    .option('--journal-size <size>', 'output kept of a session; the oldest goes first (default: 1G)')
    .option('--plots-size <size>', 'plots kept of a session; the oldest go first (default: 1G)')
    .addOption(
      new Option('--package-library <whose>', 'where install.packages() goes: for the session, or to stay')
        .choices(['session', 'personal'])
        .default('session'),
    )
    .option('--repos <url>', 'where packages come from, e.g. https://cloud.r-project.org')
    .option('--r <path>', 'the R to use: program or R_HOME')
    .option('--allow-origin <origin...>', 'web pages that may call the server, e.g. https://host')
    .option('--max-file-size <size>', 'largest file taken', '4G')
    .option('--spares <number>', 'R processes kept ready for new sessions', String(DEFAULT_SPARES))
    .option('--checkpoint-minutes <number>', 'save idle workspaces this often; 0: never', '0')
    .option('--webhook-host <host...>', 'hosts that jobs may tell about their end, e.g. *.example.org')
    .option('--webhook-internal', 'these hosts may have internal addresses');
  for (const option of directoryOptions()) serve.addOption(option);
  serve.action(runServe);
}

async function runServe(options: ServeOptions): Promise<void> {
  const config = serveConfig(options);
  const files = dataFiles(config.dataDir);
  prepareDataDir(config.dataDir, files);
  const adminPassword = process.env['FARSIDE_ADMIN_PASSWORD'];
  // Nothing started from here needs it, and R must never see it.
  delete process.env['FARSIDE_ADMIN_PASSWORD'];
  const { serve } = await import('../web/serve.ts');
  const log = openLog(files.log);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  logCrashes(log);
  const server = await serve(config, { log, adminPassword, onProgress: say });
  if (server.firstPassword) {
    say('This is the first start. Sign in as "admin" with this password, which is not shown again:');
    say(`  ${server.firstPassword}`);
    say('Change it with: farside user password admin');
  }
  closeOnSignal(server);
  // Last: who reads it may end the server at once.
  process.stdout.write(`Farside is ready at ${server.url} (data in ${config.dataDir})\n`);
}

function closeOnSignal(server: RunningServer): void {
  let closing = false;
  const close = (): void => {
    if (closing) process.exit(1);
    closing = true;
    void server.close().then(() => process.exit(0));
  };
  process.on('SIGINT', close).on('SIGTERM', close);
}

/** What should not happen ends the server, with a trace in the log; sessions go on and the next start finds them. */
function logCrashes(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    process.stderr.write(`farside: ${error.stack ?? String(error)}\n`);
    log.flush(() => process.exit(1));
  });
}

function openLog(path: string): Logger {
  return pino(
    { name: 'web', base: { pid: process.pid } },
    destination({ dest: path, mode: 0o600, sync: true }),
  );
}
