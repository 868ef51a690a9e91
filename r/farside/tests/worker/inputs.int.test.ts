import { once } from 'node:events';
import { expect, test } from 'vitest';
import {
  encodeFrame,
  eofFrame,
  fromUtf8,
  FrameType,
  MAX_INPUT_BYTES,
  RecordType,
  TransientType,
} from '@farside/protocol';
import { worker } from './library.ts';
import { readJournal } from './journal.ts';

test('an input sent again does not run twice', async () => {
  const w = await worker();
  const counter = w.input('n <- if (exists("n")) n + 1 else 1');
  w.input('n <- if (exists("n")) n + 1 else 1', { counter });
  const again = await w.until(() => w.transients.find((r) => r.type === TransientType.ack && r.aux === 1));
  expect(again.payload[8]).toBe(counter);
  expect(await w.run('n')).toBe('[1] 1\n');
});

test('a line may come in several inputs; without its newline the last one is what R makes of it', async () => {
  const w = await worker();
  const at = w.head();
  w.input('', { text: 'cat("one li' });
  w.input('', { text: 'ne\\n")\ncat("no newline\\n")' });
  await w.until(() => w.output(at).includes('one line'));
  w.send(eofFrame());
  await w.final();
  // R itself wants the newline: `printf 'cat(1)' | R --interactive` says the same.
  expect(w.output(at)).toContain('Error: unexpected end of input');
});

test('an input of 16 MiB is taken, a larger one is refused', async () => {
  const w = await worker();
  const at = w.head();
  const lines = `${'#'.repeat(4000)}\n`.repeat(Math.floor(MAX_INPUT_BYTES / 4001) - 1);
  w.input(`${lines}cat("done", "here\\n")`);
  await w.until(() => w.output(at).includes('done here'));

  w.input('#'.repeat(MAX_INPUT_BYTES + 1));
  const refused = await w.until(() => w.transients.find((r) => r.type === TransientType.refused));
  expect(fromUtf8(refused.payload.subarray(12))).toBe('too large: an input may have 16 MiB');
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});

test.each([
  ['a frame over the limit', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x4c])],
  ['an unknown frame', Buffer.from(encodeFrame(FrameType.interrupt, new Uint8Array(1)).with(4, 63))],
  ['an input too short', Buffer.from(encodeFrame(FrameType.input, new Uint8Array(3)))],
  [
    'an input whose display is too long',
    Buffer.from(encodeFrame(FrameType.input, new Uint8Array(17).fill(255))),
  ],
  ['noise', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
])('%s closes that connection only', async (_, bytes) => {
  const w = await worker();
  const hostile = await w.open();
  hostile.write(bytes);
  hostile.resume();
  await once(hostile, 'close');
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});

test('a reader that stops does not slow R, and catches up from the file', async () => {
  const w = await worker();
  const at = w.head();
  const slow = await w.open();
  slow.pause();
  w.input('x <- strrep("x", 99999); for (i in 1:500) cat(x, "\\n", sep = ""); cat("end\\n")');
  await w.until(() => w.output(at).endsWith('end\n'));
  expect(w.output(at).length).toBe(500 * 100_000 + 4);
  slow.destroy();
});

test('the journal has every record once, in order, with its checksum', async () => {
  const w = await worker();
  await w.run('for (i in 1:2000) { cat(i, "\\n"); if (i %% 100 == 0) system("echo child") }');
  w.input('q()');
  await w.final();
  const records = readJournal(w.dir);
  expect(records.map((r) => r.seq)).toEqual(records.map((_, i) => i + 1));
  expect(records[0]?.type).toBe(RecordType.hello);
  expect(records.at(-1)?.type).toBe(RecordType.final);
});
