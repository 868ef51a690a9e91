import { expect, test } from 'vitest';
import {
  attachFrame,
  AttachMode,
  decodeRecord,
  inputFrame,
  recordLength,
  RecordType,
  TransientType,
  view,
  type JournalRecord,
} from '@farside/protocol';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

/** A second reader that keeps what it is sent. */
class Reader {
  readonly socket: Awaited<ReturnType<Worker['open']>>;
  readonly records: JournalRecord[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;

  private constructor(socket: Awaited<ReturnType<Worker['open']>>) {
    this.socket = socket;
    socket.on('data', (data) => {
      this.#rest = Buffer.concat([this.#rest, data]);
      for (
        let n = recordLength(this.#rest, 0);
        n !== null && n <= this.#rest.length;
        n = recordLength(this.#rest, 0)
      ) {
        this.records.push(decodeRecord(this.#rest, 0));
        this.#rest = this.#rest.subarray(n);
      }
      this.#wake?.();
    });
  }

  static async connect(w: Worker): Promise<Reader> {
    return new Reader(await w.open());
  }

  async next(test: (record: JournalRecord) => boolean): Promise<JournalRecord> {
    for (;;) {
      const found = this.records.find(test);
      if (found) return found;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

const lastSeq = (record: JournalRecord): number => Number(view(record.payload).getBigUint64(0, true));

test('a reader that has everything is live, one that lacks something is told how far the file goes', async () => {
  const w = await worker();
  const current = await Reader.connect(w);
  current.socket.write(attachFrame(AttachMode.all, w.head()));
  expect(lastSeq(await current.next((r) => r.type === TransientType.live))).toBe(w.head());
  const late = await Reader.connect(w);
  late.socket.write(attachFrame(AttachMode.all, 1));
  expect(lastSeq(await late.next((r) => r.type === TransientType.lag))).toBe(w.head());
  const at = w.head();
  await w.run('cat("to all\\n")');
  await current.next((r) => r.seq === w.head());
  expect(current.records.filter((r) => r.seq > at).map((r) => r.seq)).toEqual(
    w.records.filter((r) => r.seq > at).map((r) => r.seq),
  );
  expect(late.records.filter((r) => r.seq > 0)).toEqual([]);
});

test('control readers get all but output; readers in mode none only answers', async () => {
  const w = await worker();
  const control = await Reader.connect(w);
  control.socket.write(attachFrame(AttachMode.control, 0));
  await control.next((r) => r.type === TransientType.live);
  const none = await Reader.connect(w);
  none.socket.write(
    inputFrame({ client: 5n, counter: 1, flag: 0, display: '', text: 'cat("x\\n"); system("echo y")\n' }),
  );
  await none.next((r) => r.type === TransientType.ack);
  await control.next((r) => r.type === RecordType.prompt);
  expect(control.records.map((r) => r.type).join('')).toBe('vAIP');
  expect(none.records.map((r) => r.type).join('')).toBe('a');
});

test('a reader that stops is told once that it fell behind, and is live again after it asked', async () => {
  const w = await worker();
  const slow = await Reader.connect(w);
  slow.socket.write(attachFrame(AttachMode.all, w.head()));
  await slow.next((r) => r.type === TransientType.live);
  slow.socket.pause();
  await w.run('x <- strrep("x", 1e6); for (i in 1:30) cat(x, "\\n")');
  slow.socket.resume();
  await slow.next((r) => r.type === TransientType.lag);
  expect(slow.records.filter((r) => r.type === TransientType.lag).length).toBe(1);
  slow.socket.write(attachFrame(AttachMode.all, w.head()));
  await slow.next((r) => r.type === TransientType.live && lastSeq(r) === w.head());
  await w.run('1');
  await slow.next((r) => r.seq === w.head());
});

test('a peer that asks on without reading the answers is closed, the others go on', async () => {
  const w = await worker();
  const hostile = await w.open();
  hostile.pause();
  hostile.on('error', () => {});
  const closed = new Promise((resolve) => hostile.once('close', resolve));
  const frame = inputFrame({ client: 9n, counter: 1, flag: 0, display: '', text: 'invisible(1)\n' });
  const many = Buffer.concat(Array.from({ length: 10_000 }, () => frame));
  // It notices that it was closed by what it can not write any more.
  while (!hostile.destroyed)
    await new Promise((resolve) => hostile.write(many, () => setImmediate(resolve)));
  await closed;
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});

test('sessions without readers go on; many may come and go', async () => {
  const w = await worker();
  w.input('for (i in 1:50) { cat(i, ""); Sys.sleep(0.01) }; cat("end\\n")');
  w.detach();
  for (let i = 0; i < 100; i++) (await w.open()).destroy();
  const back = await Reader.connect(w);
  back.socket.write(attachFrame(AttachMode.control, 0));
  await back.next((r) => r.type === RecordType.prompt);
});
