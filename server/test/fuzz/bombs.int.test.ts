import { execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecuteResponse, SessionInfo } from '@farside/protocol';
import { ask } from '../support/api.ts';
import { upload } from '../support/tus.ts';
import { makeWorld, rssOf, type World } from './world.ts';

const MIB = 1024 ** 2;
const MAX_FILE = 20 * MIB;
/** R itself, the largest object that is taken, and room. */
const MOST_OF_R = 600 * MIB;
let world: World;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'farside-bombs-'));
  world = await makeWorld(['--max-file-size', String(MAX_FILE)]);
});
afterAll(async () => {
  rmSync(dir, { recursive: true });
  await world.stop();
});

const codeOf = (answer: { json<T>(): T }) => answer.json<{ code: string }>().code;
const put = (body: Uint8Array) =>
  world.attacker.ask('setWorkspaceObject', {
    params: { id: world.session, objectName: 'bomb' },
    raw: { body: new Uint8Array(body) },
  });
const execute = (body: string, headers: Record<string, string> = {}) =>
  world.attacker.ask('executeCode', { params: { id: world.session }, raw: { body, headers } });
async function stillWorks(): Promise<void> {
  const answer = await execute('{"code":"cat(6 * 7)"}');
  expect(answer.json<ExecuteResponse>()).toMatchObject({ consoleOutput: '42' });
  const info = await world.attacker.ask('session', { params: { id: world.session } });
  expect(rssOf(info.json<SessionInfo>().hello?.pid ?? 0)).toBeLessThan(MOST_OF_R);
  await world.check();
}
/** What serialize() would write of a list in a list in a list … with NULL in the innermost. */
function nestedLists(depth: number): Buffer {
  const [list, nothing, header] = [
    [0, 0, 0, 0x13, 0, 0, 0, 1],
    [0, 0, 0, 0xfe],
    [0x58, 0x0a, 0, 0, 0, 2, 0, 4, 2, 2, 0, 2, 3, 0],
  ];
  return Buffer.concat([
    Buffer.from(header),
    Buffer.alloc(depth * list.length, Buffer.from(list)),
    Buffer.from(nothing),
  ]);
}
function byR(code: string): Buffer {
  const path = join(dir, 'made');
  execFileSync('Rscript', ['--vanilla', '-e', code, path], { stdio: 'pipe' });
  return readFileSync(path);
}

describe('JSON', () => {
  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const input = (value: string) => `{"code":"1","inputParameters":[{"name":"x","value":${value}}]}`;

  it.each([
    ['as deep as a body is long', deep(15 * MIB), 400],
    ['deep, as an input', input(deep(100_000)), 400],
    ['deeper than R takes', input(deep(100)), 400],
    ['that never closes', '{"code":"'.repeat(1_000_000), 400],
    ['longer than a body may be', `"${'x'.repeat(40 * MIB)}"`, 413],
  ])('%s is refused', async (_what, body, status) => {
    const answer = await execute(body);
    expect([answer.status, codeOf(answer)]).toEqual([
      status,
      status === 413 ? 'frameTooLarge' : 'badRequest',
    ]);
    await stillWorks();
  });

  it('with millions of values is taken as a value or refused, in bounded memory', async () => {
    const answer = await execute(input(`[${'1,'.repeat(6_000_000)}1]`));
    expect([200, 413, 422]).toContain(answer.status);
    await stillWorks();
  });

  it('that is packed is measured when it is unpacked', async () => {
    const raw = { body: gzipSync(Buffer.alloc(200 * MIB, ' ')), headers: { 'content-encoding': 'gzip' } };
    const answer = await world.attacker.ask('executeCode', { params: { id: world.session }, raw });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'frameTooLarge']);
    const anonymous = await ask(world.server.url, 'login', { raw });
    expect([anonymous.status, codeOf(anonymous)]).toEqual([413, 'frameTooLarge']);
    await stillWorks();
  });

  it('with odd keys changes nothing but what it says', async () => {
    const value = '{"__proto__":[1],"constructor":[2],"a":[3],"a":[4]}';
    const body = `{"code":"n <- names(x); a <- x$a","inputParameters":[{"name":"x","value":${value}}],"outputParameters":["n","a"]}`;
    const { outputParameters } = (await execute(body)).json<ExecuteResponse>();
    expect(outputParameters.map((o) => o.value)).toEqual([['__proto__', 'constructor', 'a'], 4]);
    await stillWorks();
  });
});

describe('an object', () => {
  const rds = (compress: string) => `saveRDS(raw(2e8), commandArgs(TRUE)[1], compress = "${compress}")`;

  it.each(['gzip', 'bzip2', 'xz'])('that a little %s unpacks to is refused', async (compress) => {
    const bomb = byR(rds(compress));
    expect(bomb.length).toBeLessThan(MIB);
    const answer = await put(bomb);
    expect([answer.status, answer.text.includes('unpacked')]).toEqual([422, true]);
    await stillWorks();
  });

  it('packed by save() is measured too', async () => {
    const answer = await put(byR('x <- raw(2e8); save(x, file = commandArgs(TRUE)[1])'));
    expect([answer.status, answer.text.includes('unpacked')]).toEqual([422, true]);
    await stillWorks();
  });

  it('that says it is enormous, is cut off or is nothing at all is refused', async () => {
    const real = byR('saveRDS(as.numeric(1:1e5) + 0.5, commandArgs(TRUE)[1], compress = FALSE)');
    const enormous = Buffer.from(real);
    // The length of the vector, behind the header of the stream and the vector's own flags.
    const length = real.indexOf(Buffer.from([0x00, 0x01, 0x86, 0xa0]));
    enormous.writeUInt32BE(0x7fffffff, length);
    for (const bytes of [
      enormous,
      real.subarray(0, 1_000),
      gzipSync(real).subarray(0, 5_000),
      Buffer.from('PK\x03\x04zip'),
      Buffer.alloc(0),
    ]) {
      const answer = await put(bytes);
      expect([answer.status, codeOf(answer)]).toEqual([422, 'callFailed']);
    }
    expect((await put(Buffer.alloc(MAX_FILE + 1))).status).toBe(413);
    await stillWorks();
  });

  it('nested deeper than the stack of R costs nothing but the answer, either way it comes', async () => {
    const bomb = nestedLists(1_000_000);
    const answer = await put(bomb);
    expect([answer.status, codeOf(answer)]).toEqual([422, 'callFailed']);
    const uploaded = await upload(
      world.attacker,
      { session: world.session, objects: '' },
      new Uint8Array(bomb),
    );
    expect([uploaded.status, codeOf(uploaded)]).toEqual([422, 'callFailed']);
    await stillWorks();
  });
});

describe('connections that dribble', () => {
  const opened: Socket[] = [];
  const dribble = (bytes: string): Socket => {
    const { hostname, port } = new URL(world.server.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('error', () => undefined);
    opened.push(socket);
    return socket;
  };
  afterAll(() => opened.forEach((socket) => socket.destroy()));

  it('hinder nobody else', async () => {
    for (let n = 0; n < 300; n++) {
      dribble('GET /v2/about HTTP/1.1\r\nX-Slow');
      dribble('POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{');
    }
    await stillWorks();
  });

  it('are cut off when nobody knows who they are', async () => {
    const socket = dribble('POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{');
    let reply = '';
    socket.on('data', (part) => (reply += String(part)));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(reply).toMatch(/^HTTP\/1\.1 408 /);
    expect(reply).toContain('tooSlow');
    await stillWorks();
  });
});
