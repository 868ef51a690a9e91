import { RemoteConsole, codePointWidth, type ConsoleState, type RemoteConsoleOptions } from '@farside/client';
import { TestTerminal } from '../../../client/test/console/testTerminal.ts';
import type { Listener } from './support.ts';

const COLUMNS = 100;
const ROWS = 30;

/** REMOTE> in a terminal emulator. */
export class Screen {
  readonly terminal = new TestTerminal(COLUMNS, ROWS);
  readonly states: ConsoleState[] = [];
  readonly listener: Listener;
  readonly console: RemoteConsole;
  #written: Promise<void> = Promise.resolve();

  constructor(listener: Listener, options: Partial<RemoteConsoleOptions> = {}) {
    this.listener = listener;
    this.console = new RemoteConsole({
      link: listener.link,
      write: (text) => void (this.#written = this.terminal.write(text)),
      columns: COLUMNS,
      rows: ROWS,
      prompt: 'REMOTE> ',
      width: codePointWidth,
      onState: (state) => void this.states.push(state),
      ...options,
    });
  }

  async text(): Promise<string> {
    // What a record brought is written in a microtask after it.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#written;
    return this.terminal.text();
  }
  /** Types, and waits until R is at its prompt again. */
  async run(line: string): Promise<string> {
    const back = this.listener.nextPrompt();
    this.console.input(`${line}\r`);
    await back;
    return this.text();
  }
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const text = await this.text();
      if (pattern.test(text)) return text;
      const seen = this.listener.seqs.length;
      await Promise.race([
        this.listener.until(() => this.listener.seqs.length > seen),
        new Promise((resolve) => setTimeout(resolve, 20)),
      ]);
    }
  }
}
