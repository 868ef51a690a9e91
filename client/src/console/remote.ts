import type { ConsoleState, RemoteConsoleOptions } from './options.ts';

/** A session in a terminal: the line editor, the live output and what other clients type. */
export class RemoteConsole {
  constructor(options: RemoteConsoleOptions) {
    void options;
  }
  get state(): ConsoleState {
    return { state: 'starting' };
  }
  /** Data typed by the user. */
  input(data: string): void {
    void data;
  }
  resize(columns: number, rows: number): void {
    void columns;
    void rows;
  }
  /** Tells something that is not output, on a quiet line of its own. */
  notice(text: string): void {
    void text;
  }
  dispose(): void {}
}
