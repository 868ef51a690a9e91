import { Unicode11Addon } from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

/** A real terminal emulator without a window. */
export class TestTerminal {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 10_000 });
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = '11';
  }
  write(text: string): Promise<void> {
    return new Promise((done) => this.#terminal.write(text, done));
  }
  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }
  /** Non-empty lines from the top of the scroll-back, wrapped rows joined. */
  lines(last = Infinity): string[] {
    const buffer = this.#terminal.buffer.active;
    const out: string[] = [];
    for (let i = Math.max(0, buffer.length - last); i < buffer.length; i++) {
      const line = buffer.getLine(i);
      const text = line?.translateToString(false) ?? '';
      if (line?.isWrapped && out.length > 0) out[out.length - 1] += text;
      else out.push(text);
    }
    return out.map((line) => line.trimEnd());
  }
  /** `last`: of so many rows at the end; a long scroll-back takes a while to read. */
  text(last?: number): string {
    return this.lines(last).join('\n').trimEnd();
  }
  get cursor(): { x: number; y: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { x: cursorX, y: cursorY };
  }
  /** Text in the rows of the screen up to the cursor. */
  get beforeCursor(): string {
    const buffer = this.#terminal.buffer.active;
    const line = buffer.getLine(buffer.baseY + buffer.cursorY);
    return line?.translateToString(false, 0, buffer.cursorX) ?? '';
  }
  dispose(): void {
    this.#terminal.dispose();
  }
}
