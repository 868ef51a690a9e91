import { expect, test } from 'vitest';
import { Bench } from './terminal.ts';

/** Small, repeatable random numbers. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = ['a', 'xy ', 'mean(', '日本', 'é', 'e\u0301', '👍', '👨‍👩‍👧', '"', '_.z', 'longer_name_here '];
const KEYS = [
  '\x1b[D',
  '\x1b[C',
  '\x01',
  '\x05',
  '\x7f',
  '\x1b[3~',
  '\x1bb',
  '\x1bf',
  '\x0b',
  '\x17',
  '\x19',
  '\x1f',
  '\x14',
];
const OUTPUT = [
  'tick',
  'line\n',
  'two\nlines\n',
  '漢字',
  '\x1b[31mred\x1b[0m\n',
  'part ',
  '12345678901234567890123456789',
];

/** What must be on the screen: output in order, then the prompt and the text. */
class Model {
  lines: string[] = [];
  open = '';
  write(text: string): void {
    const plain = text.replace(/\x1b\[[0-9;]*m/g, '');
    const parts = (this.open + plain).split('\n');
    this.open = parts.pop() ?? '';
    this.lines.push(...parts);
  }
  screen(prompt: string, text: string): string {
    const rows = text.split('\n').map((line, i) => (i === 0 ? prompt : '+ ') + line);
    const above = this.open ? [...this.lines, this.open] : this.lines;
    return squeeze([...above, ...rows]);
  }
}

/** Rows may be padded where a wide character did not fit: compare without blanks. */
const squeeze = (lines: readonly string[]): string =>
  lines
    .map((line) => line.replace(/\s+/g, ''))
    .join('\n')
    .trimEnd();

async function clearAll(bench: Bench): Promise<void> {
  while (bench.editor.text) await bench.type('\x05\x15\x7f\x0b');
}

test.each([1, 2, 3])('2,000 random steps leave on the screen what the model says (seed %i)', async (seed) => {
  const below = random(seed);
  const bench = new Bench({ columns: 28, rows: 14 });
  const model = new Model();
  await bench.prompt();
  const log: string[] = [];
  const pick = (list: readonly string[]): string => list[below(list.length)] ?? '';
  for (let i = 0; i < 2000; i++) {
    const dice = below(100);
    if (dice < 45 && bench.editor.text.length < 90) await bench.type(log[log.push(pick(PIECES)) - 1] ?? '');
    else if (dice < 85) await bench.type(log[log.push(pick(KEYS)) - 1] ?? '');
    else if (dice < 90 && bench.editor.text.length < 90) await bench.type('\x1b\r');
    else if (dice < 98) {
      const text = pick(OUTPUT);
      model.write(text);
      log.push(`out ${text}`);
      await bench.output(text);
    } else {
      log.push('ctrl-u ctrl-u');
      await bench.type('\x05\x15\x15');
    }
    // Texts that do not fit are drawn in part: not what this test is about.
    if (bench.editor.text.length > 100 || bench.editor.text.split('\n').length > 5) await clearAll(bench);
    const screen = squeeze(bench.terminal.lines());
    expect(screen, `step ${i}: ${JSON.stringify(log.slice(-6))}`).toBe(model.screen('> ', bench.editor.text));
  }
  bench.terminal.dispose();
});
