import { expect, test } from 'vitest';
import { TerminalFilter } from '../../src/console/filter.ts';
import { OutputStreams } from '../../src/console/streams.ts';

const ESC = '\x1b';

/** What must come through, whole and cut at every place. */
function check(input: string, expected: string): void {
  expect(new TerminalFilter().pass(input)).toBe(expected);
  for (let cut = 1; cut < input.length; cut++) {
    const filter = new TerminalFilter();
    expect(filter.pass(input.slice(0, cut)) + filter.pass(input.slice(cut)), `cut at ${cut}`).toBe(expected);
  }
  const one = new TerminalFilter();
  expect(Array.from(input, (c) => one.pass(c)).join('')).toBe(expected);
}

test.each([
  ['text', 'plain 日本 text\n'],
  ['colours', `${ESC}[31mred${ESC}[0m ${ESC}[38;5;208mx${ESC}[38:2::1:2:3my`],
  ['a progress bar', `\r 10%\r 20%\b\b${ESC}[K`],
  ['cursor moves', `${ESC}[2A${ESC}[1G${ESC}[5C${ESC}[2K${ESC}[J${ESC}[?25l${ESC}[?25h`],
  ['save and restore', `${ESC}7x${ESC}8`],
  ['a bell and a tab', 'a\x07\tb'],
])('lets %s through', (_what, text) => check(text, text));

test.each([
  ['the clipboard', `${ESC}]52;c;aGVsbG8=\x07`],
  ['the clipboard, other end', `${ESC}]52;c;aGVsbG8=${ESC}\\`],
  ['the clipboard, 8-bit', '\x9d52;c;aGVsbG8=\x9c'],
  ['fake shell integration of VS Code', `${ESC}]633;E;rm -rf;nonce\x07`],
  ['fake shell integration', `${ESC}]133;A\x07`],
  ['marks and files of iTerm', `${ESC}]1337;File=inline=1:AAAA\x07`],
  ['titles', `${ESC}]0;title\x07${ESC}]2;title${ESC}\\`],
  ['colours of the terminal', `${ESC}]11;?\x07${ESC}]4;1;?\x07`],
  ['device queries', `${ESC}[6n${ESC}[c${ESC}[>c${ESC}[?1$p${ESC}[x${ESC}[18t`],
  ['modes', `${ESC}[?1049h${ESC}[?1000h${ESC}[?2004l${ESC}[4h${ESC}[>1u${ESC}[!p`],
  ['the scroll-back', `${ESC}[3J`],
  ['a scroll region', `${ESC}[2;5r`],
  ['a reset', `${ESC}c`],
  ['character sets', `${ESC}(0\x0e`],
  ['DCS', `${ESC}P$qm${ESC}\\`],
  ['8-bit DCS', '\x90+q544e\x9c'],
  ['APC, PM and SOS', `${ESC}_x${ESC}\\${ESC}^y${ESC}\\${ESC}Xz${ESC}\\`],
  ['answerback and NUL', '\x05\x00'],
])('drops %s', (_what, text) => check(`a${text}b`, 'ab'));

test('links go to the web only', () => {
  const link = (url: string): string => `${ESC}]8;;${url}${ESC}\\text${ESC}]8;;${ESC}\\`;
  check(link('https://example.org/a?b=c'), link('https://example.org/a?b=c'));
  for (const url of ['file:///etc/passwd', 'command:x', 'vscode://x', 'javascript:1'])
    check(link(url), `text${ESC}]8;;${ESC}\\`);
});

test('a sequence inside another ends it and is looked at itself', () => {
  check(`${ESC}]52;c;AA${ESC}]52;c;BB\x07x`, 'x');
  check(`${ESC}[3${ESC}[31mx`, `${ESC}[31mx`);
  check(`${ESC}[3\n1mx`, '\n1mx');
});

test('a sequence that never ends does not swallow what comes after the prompt', () => {
  const filter = new TerminalFilter();
  filter.pass(`a${ESC}]52;c;`);
  filter.reset();
  expect(filter.pass('visible')).toBe('visible');
});

test('text cut inside a character comes whole, for each stream by itself', () => {
  const bytes = new TextEncoder().encode('日本👍é');
  for (let cut = 1; cut < bytes.length; cut++) {
    const streams = new OutputStreams();
    const first = streams.text('o', bytes.subarray(0, cut));
    expect(streams.text('c', new TextEncoder().encode('|'))).toBe('|');
    expect(first + streams.text('o', bytes.subarray(cut))).toBe('日本👍é');
  }
});
