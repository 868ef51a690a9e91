import { RemoteConsole, codePointWidth, type ConsoleState, type RemoteConsoleOptions } from '@farside/client';
import { TestTerminal } from '../../../client/test/console/testTerminal.ts';
import type { Listener } from './support.ts';

const SIZE = { columns: 100, rows: 30 };

/** REMOTE> in a terminal emulator. */
export class Screen {
  readonly terminal: TestTerminal;
  readonly states: ConsoleState[] = [];
  readonly listener: Listener;
  readonly console: RemoteConsole;
  #written: Promise<void> = Promise.resolve();

  constructor(listener: Listener, options: Partial<RemoteConsoleOptions> = {}, size = SIZE) {
    this.listener = listener;
    this.terminal = new TestTerminal(size.columns, size.rows);
    this.console = new RemoteConsole({
      link: listener.link,
      write: (text) => void (this.#written = this.terminal.write(text)),
      ...size,
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
