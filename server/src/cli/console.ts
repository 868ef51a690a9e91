import { SessionLink } from '@farside/client';
import type { Command } from 'commander';
import { connect, withConnection, type ConnectOptions } from './connect.ts';
import { runPiped } from './consolePiped.ts';
import { runTerminal } from './consoleTerminal.ts';

interface ConsoleOptions extends ConnectOptions {
  session?: string;
  echo: boolean;
  prompt?: string;
}

/** `farside console`: a session in this terminal, or the lines of standard input run in one. */
export function consoleCommand(program: Command): void {
  const command = program
    .command('console')
    .argument('[url]', 'the server (default: FARSIDE_URL)')
    .description('Remote R in this terminal; with piped standard input, runs its lines.')
    .option('--session <id>', 'go on with this session instead of starting one')
    .option('--no-echo', 'do not show the lines of piped input')
    .option('--prompt <text>', 'shown instead of R\'s "> " (default: "REMOTE> ")');
  withConnection(command).action(async (url: string | undefined, options: ConsoleOptions) => {
    process.exitCode = await runConsole(url, options);
  });
}

async function runConsole(url: string | undefined, options: ConsoleOptions): Promise<number> {
  const client = await connect(url, options);
  const interactive = Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const columns = interactive ? { columns: Math.max(10, process.stdout.columns) } : {};
  const started = options.session === undefined;
  const { id } =
    options.session === undefined
      ? await client.call('startSession', { body: columns })
      : await client.call('session', { params: { id: options.session } });
  const link = new SessionLink({ client, session: id });
  const prompt = options.prompt ?? 'REMOTE> ';
  try {
    const end = (): Promise<unknown> => client.call('closeSession', { params: { id } });
    if (interactive) return await runTerminal({ link, prompt, end, started });
    const code = await runPiped({ link, prompt, echo: options.echo });
    // A session made for these lines is of no use after them.
    if (started) await end().catch(() => undefined);
    return code;
  } finally {
    link.close();
    client.dispose();
  }
}
