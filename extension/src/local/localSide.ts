import { randomBytes } from 'node:crypto';
import { LocalConsole, LocalProcess, planLaunch, type ConsoleState, type LocalExit } from '@farside/client';
import type { Pacer } from '../terminal/pacer.ts';

const NONCE_BYTES = 16;

export interface LocalSideOptions {
  /** The program of local R. */
  readonly program: string;
  readonly folder: string;
  /** profile.R. */
  readonly profile: string;
  /** Lines typed before, the newest last; shared by all terminals and extended. */
  readonly history: string[];
  /** Of VS Code's shell integration. */
  readonly windowNonce: string;
  /** Variables for the environment of local R, and what ends with it. */
  readonly env: () => Promise<Readonly<Record<string, string>>>;
  readonly onDispose: () => void;
}

export interface LocalHooks {
  readonly columns: number;
  readonly rows: number;
  readonly pacer: Pacer;
  readonly intercept: (line: string) => boolean;
  readonly onPrompt: () => boolean;
  readonly onState: () => void;
  readonly onEnd: (exit: LocalExit) => void;
}

/** The process of local R and its console in a terminal. */
export class LocalSide {
  readonly #options: LocalSideOptions;
  #process: LocalProcess | undefined;
  #console: LocalConsole | undefined;
  #disposed = false;

  constructor(options: LocalSideOptions) {
    this.#options = options;
  }

  get console(): LocalConsole | undefined {
    return this.#console;
  }
  get state(): ConsoleState {
    return this.#console?.state ?? { state: 'starting' };
  }

  open(hooks: LocalHooks): void {
    this.#options.env().then(
      (env) => this.#start(hooks, env),
      (error: unknown) => hooks.onEnd({ code: null, signal: null, error: String(error) }),
    );
  }

  dispose(): void {
    this.#disposed = true;
    this.#console?.dispose();
    this.#process?.end();
    this.#options.onDispose();
  }

  #start(hooks: LocalHooks, extra: Readonly<Record<string, string>>): void {
    if (this.#disposed) return;
    const { program, folder, profile, history, windowNonce } = this.#options;
    const { platform, env } = process;
    const { columns, pacer } = hooks;
    const nonce = randomBytes(NONCE_BYTES).toString('hex');
    const launch = planLaunch({ path: program, platform, env, profile, nonce, columns, extra });
    this.#process = new LocalProcess(launch, folder);
    this.#console = new LocalConsole({
      process: this.#process,
      nonce,
      history,
      ...hooks,
      write: (text) => pacer.write(text),
      marks: { nonce: windowNonce, windows: platform === 'win32' },
      room: () => pacer.room(),
    });
  }
}
