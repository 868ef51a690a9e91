import { expect, test } from 'vitest';
import { Bench } from './terminal.ts';

const lines = (bench: Bench): string[] => bench.submitted.map(({ line }) => line);

async function at(text = '', options: ConstructorParameters<typeof Bench>[0] = {}): Promise<Bench> {
  const bench = new Bench(options);
  await bench.prompt();
  if (text) await bench.type(text);
  return bench;
}

test('a line is typed, edited and handed on', async () => {
  const bench = await at('prin(1)');
  await bench.type('\x1b[D\x1b[D\x1b[Dt');
  expect(await bench.type('\r')).toBe('> print(1)');
  expect(bench.submitted).toEqual([{ line: 'print(1)', kind: 'top' }]);
});

test('a line that is not complete goes on below, and goes as one text', async () => {
  const bench = await at('f <- function() {\r  1\r}\r');
  expect(lines(bench)).toEqual(['f <- function() {\n  1\n}']);
  expect(bench.terminal.text()).toBe('> f <- function() {\n+   1\n+ }');
});

test('Shift+Enter adds a line, up and down move inside the text', async () => {
  const bench = await at('one\x1b\rtwo\x1b[A!');
  expect(bench.editor.text).toBe('one!\ntwo');
  await bench.type('\x1b[B?');
  expect(bench.editor.text).toBe('one!\ntwo?');
});

test('a paste of several lines runs them in order and keeps the unfinished last one', async () => {
  const bench = await at('\x1b[200~a <- 1\r\nb <- 2\nc\x1b[201~');
  expect(lines(bench)).toEqual(['a <- 1', 'b <- 2']);
  expect(bench.editor.text).toBe('c');
});

test('a paste may come in pieces that cut its marks', async () => {
  const bench = await at();
  for (const piece of ['\x1b[20', '0~x ', '<- 1\x1b[2', '01', '~', 'y']) await bench.type(piece);
  expect(bench.editor.text).toBe('x <- 1y');
});

test('tab in a paste is text and does not complete', async () => {
  const bench = await at('\x1b[200~a\tb\x1b[201~');
  expect(bench.editor.text).toBe('a\tb');
});

test.each([
  ['wide characters', '日本', 2],
  ['a combining mark', 'e\u0301x', 2],
  ['an emoji family', '👨‍👩‍👧x', 2],
  ['a flag', '🇩🇪x', 2],
])('backspace removes %s one by one', async (_what, text, count) => {
  const bench = await at(text);
  for (let i = 0; i < count; i++) await bench.type('\x7f');
  expect(bench.editor.text).toBe('');
  expect(bench.terminal.text()).toBe('>');
});

test('a wide character that does not fit wraps whole', async () => {
  const bench = await at('1234567日', { columns: 10 });
  expect(bench.terminal.cursor).toEqual({ x: 2, y: 1 });
});

test('words are those of R names', async () => {
  const bench = await at('my.data_1 + other\x1bb\x1bb!');
  expect(bench.editor.text).toBe('!my.data_1 + other');
  await bench.type('\x1bf\x1bd');
  expect(bench.editor.text).toBe('!my.data_1');
});

test('cuts in a row join and come back; Alt-y turns the ring', async () => {
  const bench = await at('one two three\x17\x17');
  expect(bench.editor.text).toBe('one ');
  await bench.type('\x01\x0b\x19');
  expect(bench.editor.text).toBe('one ');
  await bench.type('\x1by');
  expect(bench.editor.text).toBe('two three');
});

test('undo takes back step by step', async () => {
  const bench = await at('abc');
  await bench.type('def');
  await bench.type('\x15');
  await bench.type('\x1f');
  expect(bench.editor.text).toBe('abcdef');
  await bench.type('\x1f');
  expect(bench.editor.text).toBe('abc');
});

test('up finds lines that begin with what was typed, down comes back', async () => {
  const bench = await at('x', { history: ['x <- 1', 'y <- 2', 'x + 1'] });
  await bench.type('\x1b[A');
  expect(bench.editor.text).toBe('x + 1');
  await bench.type('\x1b[A');
  expect(bench.editor.text).toBe('x <- 1');
  await bench.type('\x1b[B\x1b[B');
  expect(bench.editor.text).toBe('x');
});

test('Ctrl-R searches, again goes further back, Enter runs', async () => {
  const bench = await at('\x12plot', { history: ['plot(a)', 'print(b)', 'plot(c)'] });
  expect(bench.terminal.text()).toBe("(reverse-i-search)`plot': plot(c)");
  await bench.type('\x12');
  expect(bench.terminal.text()).toBe("(reverse-i-search)`plot': plot(a)");
  await bench.type('\r');
  expect(lines(bench)).toEqual(['plot(a)']);
});

test('Ctrl-G leaves the search with what was there', async () => {
  const bench = await at('draft\x12pl\x07', { history: ['plot(a)'] });
  expect(bench.editor.text).toBe('draft');
});

test('Ctrl-C throws the line away and shows a new prompt', async () => {
  const bench = await at('half a line\x03');
  expect(bench.terminal.text()).toBe('> half a line^C\n>');
  expect(bench.interrupts).toEqual(['top']);
});

test('Ctrl-D deletes inside a line and means the end on an empty one', async () => {
  const bench = await at('ab\x01\x04');
  expect(bench.editor.text).toBe('b');
  await bench.type('\x04\x04');
  expect(bench.eofs).toEqual(['top']);
});

test('Ctrl-L clears and keeps the line', async () => {
  const bench = await at('x');
  await bench.output('something\n');
  expect(await bench.type('\x0c')).toBe('> x');
});

test('output under a line being typed stands above it, a line in two pieces too', async () => {
  const bench = await at('typing');
  await bench.output('first half, ');
  expect(bench.terminal.text()).toBe('first half,\n> typing');
  expect(await bench.output('second half\n')).toBe('first half, second half\n> typing');
});

test("R's prompt stands right after output without a line end", async () => {
  const bench = new Bench();
  await bench.output('no newline');
  expect(await bench.prompt()).toBe('no newline>');
});

test('what is typed while R works stays for the prompt; whole lines go at once and unseen', async () => {
  const bench = new Bench();
  await bench.output('working\n');
  await bench.type('queued\rnext');
  expect(bench.submitted).toEqual([{ line: 'queued', kind: 'busy' }]);
  expect(bench.terminal.text()).toBe('working\nnext');
  bench.editor.echo('> ', 'queued\n', true);
  expect(await bench.prompt()).toBe('working\n> queued\n> next');
});

test('a question takes one line as it is, without continuation', async () => {
  const bench = new Bench();
  await bench.prompt('Name? ', 'readline');
  await bench.type('f(\r');
  expect(bench.submitted).toEqual([{ line: 'f(', kind: 'readline' }]);
  expect(bench.history).toEqual([]);
});

test('one completion is put in, several are offered', async () => {
  const items = ['mean', 'median'];
  const bench = await at('me', { complete: () => Promise.resolve({ from: 0, items }) });
  await bench.type('\t');
  await Promise.resolve();
  expect(await bench.settle()).toBe('> mean\nmean    median');
  await bench.type('\t');
  expect(bench.editor.text).toBe('median');
  await bench.type('\x1b');
  expect(bench.editor.text).toBe('me');
});

test('a completion that comes too late is left out', async () => {
  let answer: (value: { from: number; items: string[] }) => void = () => undefined;
  const complete = (): Promise<{ from: number; items: string[] }> =>
    new Promise((resolve) => (answer = resolve));
  const bench = await at('me\t', { complete });
  await bench.type('x');
  answer({ from: 0, items: ['mean'] });
  await Promise.resolve();
  await bench.settle();
  expect(bench.editor.text).toBe('mex');
});

test('a status stands below and goes without a trace', async () => {
  const bench = await at('x');
  bench.editor.setStatus('connection lost');
  expect(await bench.settle()).toBe('> x\nconnection lost');
  bench.editor.setStatus(undefined);
  expect(await bench.settle()).toBe('> x');
});

test('narrower and wider: the line is drawn anew', async () => {
  const bench = await at('a long line of text that wraps', { columns: 40 });
  bench.terminal.resize(16, 12);
  bench.editor.resize(16, 12);
  expect(await bench.settle()).toBe('> a long line of text that wraps');
  bench.terminal.resize(60, 12);
  bench.editor.resize(60, 12);
  expect(await bench.settle()).toBe('> a long line of text that wraps');
});

test('a line longer than the screen is drawn in part and can be sent whole', async () => {
  const bench = await at('x'.repeat(2000), { columns: 20, rows: 8 });
  await bench.type('\x01\x05\r');
  expect(lines(bench)).toEqual(['x'.repeat(2000)]);
});

test('the keys of other terminals mean the same', async () => {
  const bench = await at('abc\x1bOH1\x1b[4~2\x1b[1~\x1b[3~');
  expect(bench.editor.text).toBe('abc2');
});

test('unknown sequences, also cut ones, leave nothing behind', async () => {
  const bench = await at('a\x1b[15~\x1b[<0;1;1M');
  await bench.type('\x1b[1;');
  await bench.type('9Z');
  expect(bench.editor.text).toBe('a');
});

test('marks of shell integration name prompt, line and status', async () => {
  const bench = new Bench({ marks: { nonce: 'n0' } });
  bench.editor.start();
  await bench.prompt();
  await bench.type('a;b\r');
  bench.editor.prompt('> ', 'top', 1);
  await bench.settle();
  expect(bench.written).toContain('\x1b]633;A\x07> \x1b]633;B\x07');
  expect(bench.written).toContain('\x1b]633;E;a\\x3bb;n0\x07\x1b]633;C\x07');
  expect(bench.written).toContain('\x1b]633;D;1\x07');
  expect(bench.terminal.text()).toBe('> a;b\n>');
});
