import { describe, expect, it } from 'vitest';
import { callFrame, encodeFrame, FrameType, interruptFrame, MAX_FRAME_PAYLOAD } from '@farside/protocol';
import { FrameGate } from '../../src/compute/worker/frameGate.ts';
import { payloadOf, RecordSplitter } from '../../src/compute/worker/splitter.ts';
import { record, records } from './journalFile.ts';

describe('RecordSplitter', () => {
  it.each([1, 7, 31, 32, 33, 1000])('finds the records in pieces of %i bytes', (size) => {
    const bytes = Buffer.concat([records(1, 20), record(21, 'o', 'x'.repeat(5000))]);
    const splitter = new RecordSplitter();
    const seen: [number, string][] = [];
    for (let at = 0; at < bytes.length; at += size) {
      splitter.push(bytes.subarray(at, at + size));
      for (let r = splitter.next(); r; r = splitter.next()) seen.push([r.seq, payloadOf(r).toString()]);
    }
    expect(seen).toHaveLength(21);
    expect(seen[4]).toEqual([5, 'text 5']);
    expect(seen[20]?.[1]).toHaveLength(5000);
  });

  it('refuses a length no record has', () => {
    const splitter = new RecordSplitter();
    splitter.push(Buffer.alloc(32, 0xff));
    expect(() => splitter.next()).toThrow('a record of');
  });
});

describe('FrameGate', () => {
  const frames = Buffer.concat([interruptFrame(1), callFrame(1, 5, 'ls()'), encodeFrame(FrameType.eof)]);
  it.each([1, 3, 1000])('lets frames pass in pieces of %i bytes', (size) => {
    const gate = new FrameGate();
    for (let at = 0; at < frames.length; at += size) gate.check(frames.subarray(at, at + size));
  });

  it('refuses attach, unknown types and what is too long', () => {
    const check = (bytes: Uint8Array) => () => new FrameGate().check(Buffer.from(bytes));
    expect(check(encodeFrame(FrameType.attach))).toThrow('no frame has type');
    expect(check(Buffer.alloc(50, 0x7b))).toThrow('no frame has type');
    const header = Buffer.alloc(5);
    header.writeUInt32LE(MAX_FRAME_PAYLOAD + 1, 0);
    header[4] = FrameType.input.charCodeAt(0);
    expect(check(header)).toThrow('over the limit');
  });
});
