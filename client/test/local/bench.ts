import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findR } from '../../src/local/find.ts';
import {
  LocalConsole,
  LocalProcess,
  planLaunch,
  type LocalConsoleOptions,
  type LocalExit,
} from '../../src/index.ts';
import { isProgram, list } from '../../src/local/nodeFiles.ts';
import { TestTerminal } from '../console/testTerminal.ts';

export const PROFILE = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'extension',
  'media',
  'local',
  'profile.R',
);

const ROWS_LOOKED_AT = 120;

export interface BenchOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** The user's own profile. */
  readonly rprofile?: string;
  readonly console?: Partial<LocalConsoleOptions>;
  readonly env?: Record<string, string>;
}

/** A real R in a terminal emulator. */
export class LocalBench {
  readonly terminal: TestTerminal;
  readonly process: LocalProcess;
  readonly console: LocalConsole;
  readonly cwd = mkdtempSync(join(tmpdir(), 'farside-local-'));
  readonly history: string[] = [];
  readonly exit: Promise<LocalExit>;
  written = '';
  #writing = 0;
  #drawn: (() => void)[] = [];

  constructor(options: BenchOptions = {}) {
    const { columns = 80, rows = 40 } = options;
    const nonce = 'a1b2'.repeat(8);
    if (options.rprofile !== undefined) writeFileSync(join(this.cwd, '.Rprofile'), `${options.rprofile}\n`);
    this.terminal = new TestTerminal(columns, rows);
    const { platform, env } = process;
    const found = findR({ platform, env, home: homedir(), setting: '', isProgram, list });
    if (!('path' in found)) throw new Error(found.missing);
    const all = { ...env, R_PROFILE_USER: undefined, ...options.env };
    const plan = { path: found.path, platform, env: all, profile: PROFILE, nonce, columns };
    this.process = new LocalProcess(planLaunch(plan), this.cwd);
    this.exit = new Promise((resolve) => this.process.onExit(resolve));
    const write = (text: string): void => {
      this.written += text;
      this.#writing++;
      void this.terminal.write(text).then(() => {
        // Reading the screen takes longer than drawing: once, when all is drawn.
        if (--this.#writing === 0) this.#drawn.forEach((look) => look());
      });
    };
    const { history } = this;
    const common = { process: this.process, nonce, write, columns, rows, history };
    this.console = new LocalConsole({ ...common, ...options.console });
  }

  /** Waits until the screen shows it. */
  shows(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        const text = this.terminal.text(ROWS_LOOKED_AT);
        if (!pattern.test(text)) return;
        this.#drawn = this.#drawn.filter((one) => one !== look);
        resolve(text);
      };
      this.#drawn.push(look);
      look();
    });
  }

  /** R asks something, and the next line typed is for that. */
  async asks(pattern: RegExp): Promise<string> {
    const text = await this.shows(pattern);
    while (this.console.state.state !== 'waiting' && this.console.state.state !== 'browser')
      await this.#nextDraw();
    return text;
  }

  /** Types a line and waits for R's prompt after it. */
  async run(line: string): Promise<string> {
    this.console.input(`${line}\r`);
    await this.idle();
    return this.terminal.text();
  }

  /** R waits at its prompt, and the screen shows it. */
  async idle(): Promise<void> {
    while (!this.console.isIdle) await this.#nextDraw();
    await this.shows(/[>:]$/);
  }

  async end(): Promise<void> {
    this.console.dispose();
    this.process.end();
    await this.exit;
    rmSync(this.cwd, { recursive: true, force: true });
  }

  #nextDraw(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        this.#drawn = this.#drawn.filter((one) => one !== look);
        resolve();
      };
      this.#drawn.push(look);
    });
  }
}
