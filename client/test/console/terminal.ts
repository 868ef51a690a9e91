import { Unicode11Addon } from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import { Editor, type EditorOptions, type LineKind } from '../../src/console/editor.ts';
import { codePointWidth } from '../../src/console/width.ts';

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
  lines(): string[] {
    const buffer = this.#terminal.buffer.active;
    const out: string[] = [];
    for (let i = 0; i < buffer.length; i++) {
      const line = buffer.getLine(i);
      const text = line?.translateToString(false) ?? '';
      if (line?.isWrapped) out[out.length - 1] += text;
      else out.push(text);
    }
    return out.map((line) => line.trimEnd());
  }
  text(): string {
    return this.lines().join('\n').trimEnd();
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

/** An editor on a test terminal, with what it handed on. */
export class Bench {
  readonly terminal: TestTerminal;
  readonly editor: Editor;
  readonly submitted: { line: string; kind: LineKind }[] = [];
  readonly interrupts: LineKind[] = [];
  readonly eofs: LineKind[] = [];
  readonly history: string[];
  written = '';
  #pending = '';

  constructor(options: Partial<EditorOptions> = {}) {
    const columns = options.columns ?? 40;
    const rows = options.rows ?? 12;
    this.terminal = new TestTerminal(columns, rows);
    this.history = options.history ?? [];
    this.editor = new Editor({
      width: codePointWidth,
      onLine: (line, kind) => void this.submitted.push({ line, kind }),
      onInterrupt: (kind) => void this.interrupts.push(kind),
      onEof: (kind) => void this.eofs.push(kind),
      complete: () => Promise.resolve({ from: 0, items: [] }),
      ...options,
      columns,
      rows,
      history: this.history,
      write: (text) => {
        this.#pending += text;
        this.written += text;
      },
    });
  }

  /** Draws, and lets the terminal take it in. */
  async settle(): Promise<string> {
    this.editor.flush();
    const text = this.#pending;
    this.#pending = '';
    await this.terminal.write(text);
    return this.terminal.text();
  }
  async type(data: string): Promise<string> {
    this.editor.input(data);
    return this.settle();
  }
  async prompt(text = '> ', kind: Exclude<LineKind, 'busy'> = 'top'): Promise<string> {
    this.editor.prompt(text, kind);
    return this.settle();
  }
  async output(text: string): Promise<string> {
    this.editor.output(text);
    return this.settle();
  }
}
