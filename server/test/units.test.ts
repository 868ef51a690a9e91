import { describe, expect, it } from 'vitest';
import { RecordType } from '@farside/protocol';
import { parseSize, serveConfig } from '../src/config.ts';
import { decideSync, planOf } from '../src/files/syncPolicy.ts';
import { ConsoleOutput, MAX_CONSOLE_OUTPUT } from '../src/web/execute/output.ts';
import { jsonToR, rName, rString } from '../src/web/rText.ts';

describe('the options of farside serve', () => {
  it('have the original’s port and stay on this machine by default', () => {
    expect(serveConfig({ dataDir: '/d' })).toMatchObject({ port: 12800, host: '127.0.0.1', basePath: '' });
  });
  it.each([
    ['512M', 512 * 1024 ** 2],
    ['1.5g', 1.5 * 1024 ** 3],
    ['4GiB', 4 * 1024 ** 3],
    ['100', 100],
  ])('read the size %s', (text, bytes) => expect(parseSize(text, '--x')).toBe(bytes));
  it.each([
    [{ port: 'x' }, '--port'],
    [{ port: '70000' }, '--port'],
    [{ tlsCert: 'a' }, '--tls-key'],
    [{ isolation: 'maybe' }, '--isolation'],
    [{ memoryLimit: 'lots' }, '--memory-limit'],
    [{ basePath: 'farside' }, '--base-path'],
    [{ basePath: '/a/../b?' }, '--base-path'],
    [{ allowOrigin: ['everybody'] }, '--allow-origin'],
  ])('refuse %j naming %s', (options, name) => {
    expect(() => serveConfig({ dataDir: '/d', ...options })).toThrow(name);
  });
  it('clean the base path', () => {
    expect(serveConfig({ dataDir: '/d', basePath: '/farside/' }).basePath).toBe('/farside');
  });
});

describe('R text', () => {
  it('quotes everything that could end a string', () => {
    expect(rString('a"b\\c\n\r\t`')).toBe('"a\\"b\\\\c\\n\\r\\u{9}`"');
    expect(rString('x\0y\ud800')).toBe('"x\u{fffd}y\u{fffd}"');
    expect(rName('odd `name`"')).toBe('`odd \\`name\\`\\"`');
  });
  it('writes JSON values as R would read them', () => {
    expect(jsonToR([1, null, 2.5])).toBe('c(1, NA, 2.5)');
    expect(
      jsonToR([
        [1, 2],
        [3, 4],
      ]),
    ).toBe('matrix(c(1, 2, 3, 4), ncol = 2L, byrow = TRUE)');
    expect(jsonToR({ a: [1], '': 'x' })).toBe('setNames(list(c(1), "x"), c("a", ""))');
    expect(jsonToR([{ a: null }])).toBe('list(setNames(list(NULL), c("a")))');
    expect(jsonToR([])).toBe('list()');
  });
  it('refuses what is nested too deep', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 200; i++) deep = [[deep], 1];
    expect(() => jsonToR(deep)).toThrow(RangeError);
  });
});

describe('sync', () => {
  it.each([
    ['a', undefined, undefined, 'upload'],
    ['a', 'a', undefined, 'same'],
    ['a', 'b', 'b', 'upload'],
    ['a', 'b', undefined, 'conflict'],
    ['a', 'b', 'c', 'conflict'],
    ['a', undefined, 'b', 'upload'],
  ])('local %s, remote %s, last synced %s: %s', (local, now, synced, verdict) => {
    expect(decideSync(local, { now, synced })).toBe(verdict);
  });
  it('offers what the client no longer has, when nobody changed it', () => {
    const remote = new Map([
      ['kept', { now: 'a', synced: 'a' }],
      ['gone', { now: 'b', synced: 'b' }],
      ['changed', { now: 'c', synced: 'b' }],
      ['made', { now: 'd', synced: undefined }],
    ]);
    expect(planOf([{ path: 'kept', hash: 'a' }], remote)).toEqual({
      upload: [],
      conflicts: [],
      removed: ['gone'],
    });
  });
});

describe('console output of an execution', () => {
  const record = (type: string, payload: Uint8Array) => ({ seq: 1, time: 0, type, flag: 0, aux: 0, payload });
  it('joins characters that were cut, also when another kind of output comes between', () => {
    const output = new ConsoleOutput();
    const euro = Buffer.from('€');
    output.add(record(RecordType.stdout, euro.subarray(0, 1)));
    output.add(record(RecordType.stderr, Buffer.from('!')));
    output.add(record(RecordType.stdout, euro.subarray(1)));
    output.add(record(RecordType.prompt, Buffer.from('> ')));
    expect(output.text).toBe('!€');
  });
  it('keeps the end of what is too long', () => {
    const output = new ConsoleOutput();
    const part = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 40; i++) output.add(record(RecordType.stdout, part));
    output.add(record(RecordType.stdout, Buffer.from('end')));
    expect(output.text).toMatch(/^\[\.\.\. \d+ characters left out \.\.\.\]\nx+end$/);
    expect(output.text.length).toBeLessThan(MAX_CONSOLE_OUTPUT + 100);
  });
});
