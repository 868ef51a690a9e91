import { SessionLink } from '@farside/client';
import { FarsideError } from '@farside/protocol';
import type { Command } from 'commander';
import { connectForLong, withConnection, type ConnectOptions } from './connect.ts';
import { runPiped } from './consolePiped.ts';
import { runTerminal } from './consoleTerminal.ts';
import { namedSession } from './sessionsFind.ts';

interface ConsoleOptions extends ConnectOptions {
  session?: string;
  echo: boolean;
  prompt?: string;
  readOnly?: boolean;
}

/** Older output shown in a terminal that joins a session; `farside sessions journal` has the rest. */
const TAIL_BYTES = 1024 * 1024;
/** R may take so long to save the workspace before it is killed. */
const END_GRACE_MS = 10_000;

/** `farside console`: a session in this terminal, or the lines of standard input run in one. */
export function consoleCommand(program: Command): void {
  const command = program
    .command('console')
    .argument('[url]', 'the server (default: FARSIDE_URL)')
    .description('Remote R in this terminal; with piped standard input, runs its lines.')
    .option('--session <id>', 'go on with this session (id, its beginning, or name) instead of starting one')
    .option('--read-only', 'only show the session; type nothing into it')
    .option('--no-echo', 'do not show the lines of piped input')
    .option('--prompt <text>', 'shown instead of R\'s "> " (default: "REMOTE> ")');
  withConnection(command).action(async (url: string | undefined, options: ConsoleOptions) => {
    process.exitCode = await runConsole(url, options);
  });
}

/** A session in this terminal, or fed from standard input. Gives the exit code. */
export async function runConsole(url: string | undefined, options: ConsoleOptions): Promise<number> {
  const { readOnly = false } = options;
  if (readOnly && options.session === undefined)
    throw new FarsideError('badRequest', { reason: 'name the session to be read with --session' });
  const { client, signInAgain } = await connectForLong(url, options);
  const interactive = Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const columns = interactive ? { columns: Math.max(10, process.stdout.columns || 80) } : {};
  const started = options.session === undefined;
  const { id } =
    options.session === undefined
      ? await client.call('startSession', { body: columns })
      : await namedSession(client, options.session);
  const tail = interactive ? TAIL_BYTES : undefined;
  const link = new SessionLink({ client, session: id, readOnly, tail });
  const prompt = options.prompt ?? 'REMOTE> ';
  const params = { id };
  try {
    const end = (): Promise<unknown> => client.call('closeSession', { params });
    const endR = (): Promise<unknown> =>
      client.call('endSession', { params, body: { saveWorkspace: true, graceMs: END_GRACE_MS } });
    if (interactive) return await runTerminal({ link, prompt, end, endR, started, signInAgain });
    const code = await runPiped({ link, prompt, echo: options.echo, signInAgain });
    // A session made for these lines is of no use after them.
    if (started) await end().catch(() => undefined);
    return code;
  } finally {
    link.close();
    client.dispose();
  }
}
