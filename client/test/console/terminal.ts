import { Editor, type EditorOptions, type LineKind } from '../../src/console/editor.ts';
import { codePointWidth } from '../../src/console/width.ts';
import { TestTerminal } from './testTerminal.ts';

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
