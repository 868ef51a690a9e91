import { BANNER, RemoteConsole, graphemeWidth, isExit, wordIn, type SessionLink } from '@farside/client';
import { FarsideError } from '@farside/protocol';
import { outcomeOf, report, type Outcome } from './outcome.ts';
import { loadHistory, saveHistory } from './historyFile.ts';

export interface TerminalOptions {
  readonly link: SessionLink;
  readonly prompt: string;
  /** Asks the server to end the session. */
  readonly end: () => Promise<unknown>;
  /** Asks the server to end an R that does not stop. */
  readonly endR: () => Promise<unknown>;
  readonly signInAgain: () => Promise<void>;
  /** Made for this terminal, not found. */
  readonly started: boolean;
}

const DEFAULT_SIZE = { columns: 80, rows: 24 };
/** How often a mistyped password may be typed again. */
const PASSWORD_TRIES = 3;
const SIGNALS = { SIGTERM: 143, SIGHUP: 129 } as const;

/** REMOTE> in this terminal, until the session ends or the terminal goes. */
export async function runTerminal(options: TerminalOptions): Promise<number> {
  const { stdin, stdout } = process;
  const { link } = options;
  const history = await loadHistory();
  stdout.write(`${BANNER}\n`);
  const asked = Promise.withResolvers<Outcome>();
  const screen = new RemoteConsole({
    link,
    write: (text) => void stdout.write(text),
    ...sizeOf(stdout),
    prompt: options.prompt,
    history,
    width: graphemeWidth,
    reflows: terminalReflows(process.env),
    endR: options.endR,
    confirmQuit: true,
    onLeave: () => asked.resolve({ how: 'left', code: 0 }),
    intercept: (line) => {
      if (!isExit(wordIn(line))) return false;
      // Nobody waits for a network to leave.
      if (link.status.state !== 'live') {
        asked.resolve({ how: 'left', code: 0 });
        return true;
      }
      void options.end().catch(() => link.eof());
      return true;
    },
  });
  const onData = (data: string): void => screen.input(data);
  const onResize = (): void => {
    const { columns, rows } = sizeOf(stdout);
    screen.resize(columns, rows);
  };
  const outcome = outcomeOf(link, () => signInHere(screen, onData, options.signInAgain));
  const left = leaving();
  // A question asked before has paused it.
  stdin.setRawMode(true).setEncoding('utf8').on('data', onData).resume();
  stdout.on('resize', onResize);
  let end: Outcome;
  try {
    link.open();
    end = await Promise.race([outcome, left, asked.promise]);
  } finally {
    screen.dispose();
    stdin.off('data', onData).setRawMode(false).pause();
    stdout.off('resize', onResize);
    await saveHistory(history);
  }
  if (end.how !== 'ended')
    process.stderr.write(`The session goes on: farside console --session ${link.session}\n`);
  return report(end);
}

/** Some terminals say that they have no size. */
const sizeOf = ({ columns, rows }: NodeJS.WriteStream): { columns: number; rows: number } => ({
  columns: columns || DEFAULT_SIZE.columns,
  rows: rows || DEFAULT_SIZE.rows,
});

/** Asks in this terminal, in place of the console, which comes back after it. */
async function signInHere(
  screen: RemoteConsole,
  onData: (data: string) => void,
  signIn: () => Promise<void>,
): Promise<void> {
  const { stdin } = process;
  const resume = screen.suspend();
  stdin.off('data', onData).setRawMode(false);
  try {
    for (let tries = 1; ; tries++) {
      try {
        return await signIn();
      } catch (error) {
        const wrong = error instanceof FarsideError && error.code === 'wrongCredentials';
        if (!wrong || tries === PASSWORD_TRIES) throw error;
        process.stderr.write(`${error.message}\n`);
      }
    }
  } finally {
    stdin.setRawMode(true).on('data', onData).resume();
    resume();
  }
}

/** The terminal was closed or somebody ended this program: the session stays. */
function leaving(): Promise<Outcome> {
  return new Promise((resolve) => {
    for (const [signal, code] of Object.entries(SIGNALS))
      process.once(signal, () => resolve({ how: 'left', code }));
    process.stdin.once('end', () => resolve({ how: 'left', code: 0 }));
    process.stdout.once('error', () => resolve({ how: 'left', code: SIGNALS.SIGHUP }));
  });
}

/** Terminals known to wrap the line that holds the cursor anew when their width changes. */
function terminalReflows(env: NodeJS.ProcessEnv): boolean {
  return Boolean(
    env['VTE_VERSION'] ||
    env['KITTY_WINDOW_ID'] ||
    env['WT_SESSION'] ||
    env['WEZTERM_PANE'] ||
    env['ITERM_SESSION_ID'],
  );
}
