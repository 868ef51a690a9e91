import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { encodeRecord, INITIAL_CREDIT_BYTES, MESSAGE_BYTES, RecordType } from '@farside/protocol';
import { Attachment } from '../src/web/socket/attachment.ts';
import { HIGH_WATER_BYTES, RecordBatch } from '../src/web/socket/batch.ts';

const record = (seq: number, size: number, type: string = RecordType.stdout) =>
  encodeRecord({ seq, type, payload: new Uint8Array(size).fill(seq % 256) });

function split(bytes: Uint8Array, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    parts.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return parts;
}

describe('RecordBatch', () => {
  const records = Array.from({ length: 40 }, (_, i) => record(i + 1, (i * 7919) % 5000));
  const all = Buffer.concat(records);
  it.each([[[1]], [[31]], [[33]], [[64 * 1024]], [[1, 7, 4096, 33, 32]], [[all.length]]])(
    'gives whole records whatever pieces come: %j',
    (sizes) => {
      const batch = new RecordBatch();
      const taken: Buffer[] = [];
      for (const part of split(all, sizes)) {
        batch.push(part);
        while (batch.ready > 0) {
          const message = batch.take();
          taken.push(message);
          const end = Buffer.concat(taken).length;
          const ends = records.reduce<number[]>((sums, r) => [...sums, (sums.at(-1) ?? 0) + r.length], []);
          expect(ends).toContain(end);
        }
      }
      expect(Buffer.concat(taken).equals(all)).toBe(true);
      expect(batch.held).toBe(0);
    },
  );
  it('sees the final record, and refuses what can not be one', () => {
    const batch = new RecordBatch();
    batch.push(Buffer.from(record(1, 3)));
    expect(batch.sawFinal).toBe(false);
    batch.push(Buffer.from(record(2, 3, RecordType.final)));
    expect(batch.sawFinal).toBe(true);
    expect(() => batch.push(Buffer.alloc(64, 0xff))).toThrow(/record of/);
  });
});

describe('Attachment', () => {
  function attach(isBusy: () => boolean = () => false) {
    const stream = new PassThrough();
    const sent: Buffer[] = [];
    const closed: boolean[] = [];
    const attachment = new Attachment({ session: 's', readOnly: false }, stream, {
      send: (bytes) => sent.push(bytes),
      isBusy,
      closed: (sawFinal) => closed.push(sawFinal),
    });
    attachment.start();
    return { stream, attachment, sent, closed, size: () => sent.reduce((sum, b) => sum + b.length, 0) };
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const big = (seq: number) => Buffer.from(record(seq, 64 * 1024));

  it('sends at once while there is credit and room', async () => {
    const { stream, sent } = attach();
    stream.write(record(1, 10));
    await settle();
    stream.write(record(2, 10));
    await settle();
    expect(sent.map((b) => b.length)).toEqual([42, 42]);
  });

  it('gathers while the connection is busy', async () => {
    let busy = true;
    const { stream, sent, attachment } = attach(() => busy);
    for (let seq = 1; seq <= 100; seq++) stream.write(record(seq, 10));
    await settle();
    expect(sent).toEqual([]);
    busy = false;
    attachment.pump();
    expect(sent.map((b) => b.length)).toEqual([4200]);
  });

  it('without credit holds no more than the high water mark, and goes on with it', async () => {
    const { stream, attachment, size } = attach();
    let written = 0;
    const fill = async () => {
      for (let i = 0; i < 400; i++) {
        stream.write(big(++written));
        await settle();
      }
    };
    await fill();
    const sent = size();
    expect(sent).toBeGreaterThanOrEqual(INITIAL_CREDIT_BYTES);
    expect(sent).toBeLessThan(INITIAL_CREDIT_BYTES + 2 * MESSAGE_BYTES);
    expect(stream.isPaused()).toBe(true);
    // Held by the attachment; what the stream itself holds would be on the other side of the socket.
    const pulled = written * big(1).length - stream.readableLength - stream.writableLength - sent;
    expect(pulled).toBeLessThan(HIGH_WATER_BYTES + 2 * big(1).length);
    attachment.addCredit(1024 * 1024 * 1024);
    await settle();
    expect(size()).toBeLessThan(sent + INITIAL_CREDIT_BYTES + 2 * MESSAGE_BYTES);
    expect(size()).toBeGreaterThan(sent);
  });

  it('tells the end after everything was sent', async () => {
    let busy = true;
    const { stream, attachment, closed, sent } = attach(() => busy);
    stream.end(record(1, 5, RecordType.final));
    await settle();
    await settle();
    expect(closed).toEqual([]);
    busy = false;
    attachment.pump();
    expect([sent.length, closed]).toEqual([1, [true]]);
  });

  it('tells a broken stream once', async () => {
    const { stream, closed } = attach();
    stream.destroy(new Error('gone'));
    await settle();
    await settle();
    expect(closed).toEqual([false]);
  });

  it('refuses inputs when too many wait', () => {
    const stuck = new Duplex({ read() {}, write() {} });
    const attachment = new Attachment({ session: 's', readOnly: false }, stuck, {
      send() {},
      isBusy: () => false,
      closed() {},
    });
    const frame = new Uint8Array(16 * 1024 * 1024);
    const taken = Array.from({ length: 8 }, () => attachment.write(frame));
    expect(taken).toContain(false);
  });
});
