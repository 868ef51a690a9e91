import { Unicode11Addon } from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import { expect, test } from 'vitest';
import { codePointWidth, graphemeWidth } from '../../src/console/width.ts';

const SAMPLES = [
  'a',
  'é',
  'e\u0301',
  '日',
  '한',
  'ｱ',
  'Ａ',
  '👍',
  '👍🏽',
  '👨‍👩‍👧',
  '🇩🇪',
  '✓',
  '…',
  'ß',
  '☃',
  '🥲',
  '🫠',
  '🤌',
  '\u00ad',
  'あ゙',
];

test.each(SAMPLES)('%s takes the cells that VS Code gives it', async (text) => {
  const terminal = new xterm.Terminal({ cols: 80, rows: 4, allowProposedApi: true });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  await new Promise<void>((done) => terminal.write(text, done));
  expect(codePointWidth(text)).toBe(terminal.buffer.active.cursorX);
  terminal.dispose();
});

test('other terminals draw a family as one', () => {
  expect(graphemeWidth('👨‍👩‍👧')).toBe(2);
  expect(graphemeWidth('e\u0301')).toBe(1);
});
