import { gzipSync } from 'node:zlib';
import type { Random } from './random.ts';

/** Names as they stand in an address. */
export const NAMES: readonly string[] = [
  ...[
    '..',
    '.',
    '../x',
    '%2e%2e',
    '%2e%2e%2fx',
    '..%2f..%2f..%2f..%2fetc%2fpasswd',
    '..%2f..%2ffarside.sqlite',
  ],
  ...['%252e%252e%252fx', '..%5c..%5cx', '%2fetc%2fpasswd', '//etc/passwd', 'a%00b', 'plain.txt%00', 'a%0ab'],
  ...['%c0%ae%c0%ae%2fx', '%ff%fe', '%', '%zz', '%u002e', 'x'.repeat(300), 'x'.repeat(6_000), '%F0%9F%92%A5'],
  ...[
    'link',
    'dirlink%2fsecret.txt',
    'dirlink/secret.txt',
    'zero',
    'loop',
    'environ',
    'fifo',
    'folder',
    'plain.txt',
  ],
  ...[
    'folder%2f..%2f..%2fx',
    './plain.txt',
    'plain.txt/',
    'plain.txt%2fx',
    '~',
    '~root',
    '-rf',
    '*',
    '%2a',
    '$(id)',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    '%0d%0aSet-Cookie:%20a=b',
    'file:%2f%2f%2fetc%2fpasswd',
  ],
  ...[
    '%E2%80%AE',
    '%F3%A0%80%81',
    '0',
    '-1',
    '1e999',
    '9'.repeat(400),
    '%22%29%3B%20q%28%29%20%23',
    '%60x%60',
  ],
];

export const TYPES: readonly string[] = [
  ...[
    'application/json',
    'application/json; charset=utf-7',
    'text/plain',
    'application/x-www-form-urlencoded',
  ],
  ...[
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    `multipart/form-data; boundary=${'x'.repeat(500)}`,
  ],
  ...[
    'application/offset+octet-stream',
    'application/octet-stream',
    'x',
    '',
    '/',
    'application/json;;;',
    'a/b; q="',
  ],
];

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

export const BODIES: readonly (string | Buffer)[] = [
  ...[
    '',
    ' ',
    '{',
    '[]',
    '{}',
    'null',
    'true',
    '1',
    '"x"',
    'NaN',
    '{"a":1,"a":2}',
    '\u0000',
    '\ufeff{}',
    "{'a':1}",
  ],
  ...[
    '{"__proto__":{"admin":true},"code":"1"}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"code":null}',
    '{"code":1}',
  ],
  ...[
    '{"code":"1","inputParameters":[{"name":"x"}]}',
    '{"code":"1","inputParameters":{"name":"x","value":1}}',
  ],
  ...[
    '{"code":"1","inputParameters":[{"name":"","value":1}]}',
    '{"code":"1","outputParameters":["x\\u0000y"]}',
  ],
  ...[
    '{"code":"1","inputParameters":[{"name":"x","value":1e999}]}',
    '{"code":"\\ud800"}',
    '{"level":3}',
    '{"level":1e99}',
  ],
  ...['{"username":{"$ne":1},"password":[]}', '{"username":"admin","password":"x"}', '{"refreshToken":"x"}'],
  ...[
    '{"files":[{"path":"../x","size":-1,"hash":"x"}]}',
    '{"key":"../../x","name":"../../x"}',
    '{"names":["x","\\u0000"]}',
  ],
  ...[
    '{"client":"0123456789abcdef","counter":4294967296,"text":"x"}',
    '{"name":"\\u202e\\u0000","runtimeType":"Python"}',
  ],
  ...[
    nested(150),
    nested(7_000),
    `{"code":${nested(5_000)}}`,
    `{"x":"${'y'.repeat(300_000)}"}`,
    '\\u0000'.repeat(1_000),
  ],
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  gzipSync('{"code":"1"}'),
  '--x\r\nContent-Disposition: form-data; name="file"; filename="../evil"\r\n\r\nevil\r\n--x--\r\n',
  '--x\r\nContent-Disposition: form-data; name="file"; filename="/tmp/evil"\r\n\r\nevil\r\n--x',
];

const HEADERS: readonly (readonly [name: string, values: readonly string[]])[] = [
  [
    'Range',
    [
      'bytes=0-',
      'bytes=5-2',
      'bytes=-0',
      'bytes=99999999999999999999-',
      'bytes=0-0,2-3,5-5',
      'x=1',
      'bytes=',
    ],
  ],
  ['If-Range', ['"x"', 'Thu, 01 Jan 1970 00:00:00 GMT', '"']],
  ['If-None-Match', ['*', '"x"', 'W/"']],
  ['Content-Encoding', ['gzip', 'deflate', 'br', 'identity', 'x', 'gzip, gzip']],
  ['Expect', ['100-continue', 'x']],
  ['X-HTTP-Method-Override', ['DELETE', 'PATCH', 'GET', 'x']],
  ['Tus-Resumable', ['1.0.0', '0.0.1', 'x']],
  ['Upload-Length', ['0', '1', '-1', '1e3', 'x', '9007199254740993', '99999999999999999999999']],
  ['Upload-Defer-Length', ['1', '2']],
  ['Upload-Offset', ['0', '1', '-1', 'x', '99999999999999999999']],
  [
    'Upload-Metadata',
    ['path', 'path Li4veA==', 'path %%%', 'session eA==,path eA==', ',,,', '\u00ff \u00ff', 'owner YWRtaW4='],
  ],
  ['Upload-Concat', ['partial', 'final;/v2/uploads/x']],
  ['X-Forwarded-For', ['127.0.0.1', '::1, x', "' or 1=1", 'x'.repeat(2_000)]],
  ['X-Forwarded-Proto', ['https', 'javascript']],
  ['Origin', ['null', 'https://evil.example', 'x']],
  ['Accept', ['text/html', '*/*;q=x', '']],
  ['Cookie', ['a=b', 'x'.repeat(8_000)]],
  ['Host', ['', 'evil.example', '[::1', 'a b', '127.0.0.1:1/x']],
];

/** A few headers that nobody needs. */
export function hostileHeaders(random: Random): Record<string, string> {
  const chosen = Array.from({ length: random.int(4) }, () => random.pick(HEADERS));
  return Object.fromEntries(chosen.map(([name, values]) => [name, random.pick(values)]));
}
