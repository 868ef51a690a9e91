import { expect, test } from 'vitest';
import { INPUT_ID_BYTES, decodeRecord, encodeInput, encodeRecord, writeInputId } from '@farside/protocol';
import { runStep } from './runTracker.ts';

const ID = { client: 5n, counter: 3 };
const record = (type: string, fields: { flag?: string; aux?: number; payload?: Uint8Array } = {}) =>
  decodeRecord(encodeRecord({ ...fields, type, flag: fields.flag?.charCodeAt(0) }), 0);
const consumed = (counter: number, aux: number) =>
  record('I', { aux, payload: encodeInput({ client: 5n, counter, flag: 1, display: '', text: 'x\n' }) });
const idPayload = (): Uint8Array => {
  const bytes = new Uint8Array(INPUT_ID_BYTES);
  writeInputId(bytes, ID);
  return bytes;
};

test('over at the first top-level prompt after its last line was read', () => {
  expect(runStep(record('P', { flag: 't' }), ID, false)).toBe('more');
  expect(runStep(consumed(2, 1), ID, false)).toBe('more');
  expect(runStep(consumed(3, 0), ID, false)).toBe('more');
  expect(runStep(consumed(3, 1), ID, false)).toBe('read');
  expect(runStep(record('P', { flag: 'b' }), ID, true)).toBe('more');
  expect(runStep(record('P', { flag: 't' }), ID, true)).toBe('done');
});

test('an interrupt may discard it before R reads it', () => {
  expect(runStep(record('D', { flag: 'i', payload: idPayload() }), ID, false)).toBe('discarded');
});
