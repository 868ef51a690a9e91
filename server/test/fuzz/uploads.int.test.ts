import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecuteResponse } from '@farside/protocol';
import { request, type Answer } from '../support/api.ts';
import { createUpload, metadata, sendChunk, sha256, upload, uploadStatus } from '../support/tus.ts';
import { Random, rounds } from './random.ts';
import { rawRequest } from './raw.ts';
import { makeWorld, type World } from './world.ts';

const MAX_FILE = 1_000_000;
const LOOK_EVERY_MS = 20;
let world: World;
beforeAll(async () => {
  world = await makeWorld(['--max-file-size', String(MAX_FILE)]);
});
afterAll(() => world.stop());

const auth = () => ({ Authorization: `Bearer ${world.attacker.tokens.access_token}` });
const part = (disposition: string, content = 'evil') =>
  `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
const postForm = (body: string | Buffer, headers: Record<string, string> = {}, cut = false) =>
  rawRequest(world.server.url, {
    method: 'POST',
    path: `/sessions/${world.session}/files`,
    headers: { ...auth(), 'Content-Type': 'multipart/form-data; boundary=x', ...headers },
    body,
    cut,
  });
const uploadsLeft = () => readdirSync(join(world.server.dataDir, 'uploads'));
const file = (name: string) => join(world.workdir, name);

describe('forms', () => {
  it.each([
    'name="file"; filename="../evil"',
    'name="file"; filename="/tmp/evil"',
    'name="file"; filename="dirlink/evil"',
    'name="file"; filename*=UTF-8\'\'..%2fevil',
    'name="file"; filename="ok.txt"; filename="../evil"',
    'name="file"; filename="a\0b"',
    'name="file"; filename=""',
    'name="file"; filename="."',
    'name="file"; filename=".."',
    'name="file"; filename="folder"',
    `name="file"; filename="${'x'.repeat(300)}"`,
    'name="file"',
    'name="other"; filename="evil"',
    'filename="evil"',
    '',
  ])('with a part %j put nothing elsewhere', async (disposition) => {
    const reply = await postForm(`${part(disposition)}--x--\r\n`);
    expect([400, 201]).toContain(reply.status);
    expect(existsSync('/tmp/evil')).toBe(false);
    await world.check();
  });

  it('over a link or a pipe replace it, and what it leads to stays', async () => {
    for (const name of ['link', 'fifo', 'zero']) {
      expect((await postForm(`${part(`name="file"; filename="${name}"`, 'new')}--x--\r\n`)).status).toBe(201);
      expect([lstatSync(file(name)).isFile(), readFileSync(file(name), 'utf8')]).toEqual([true, 'new']);
    }
    await world.check();
  });

  it('that break off leave the old file as it was', async () => {
    const random = new Random();
    writeFileSync(file('kept.txt'), 'kept');
    const whole = Buffer.from(`${part('name="file"; filename="kept.txt"', 'y'.repeat(200_000))}--x--\r\n`);
    for (let n = 0; n < rounds(20, 300); n++) {
      const body = whole.subarray(0, random.int(whole.length - 10));
      // Announced whole and cut; or sent as if it were whole.
      const cut = random.chance(0.5);
      const headers = cut ? { 'Content-Length': String(whole.length) } : undefined;
      const reply = await postForm(body, headers, cut);
      expect([cut ? 0 : 400]).toContain(reply.status);
      expect(readFileSync(file('kept.txt'), 'utf8')).toBe('kept');
    }
    // The server learns of a cut connection a moment later.
    while (readdirSync(join(world.server.dataDir, 'tmp')).length > 0)
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    await world.check();
  });

  it('of one name at the same time leave one of them, whole', async () => {
    const texts = Array.from({ length: 12 }, (_, i) => String.fromCharCode(97 + i).repeat(300_000));
    const bodies = texts.map((text) => `${part('name="file"; filename="raced.txt"', text)}--x--\r\n`);
    const replies = await Promise.all(bodies.map((body) => postForm(body)));
    expect(new Set(replies.map((r) => r.status))).toEqual(new Set([201]));
    expect(texts).toContain(readFileSync(file('raced.txt'), 'utf8'));
    await world.check();
  });

  it('with parts and headers without end are refused', async () => {
    const many = part('name="x"').repeat(5_000);
    expect((await postForm(`${many}--x--\r\n`)).status).toBe(400);
    const head = `--x\r\n${'X: y\r\n'.repeat(50_000)}\r\n\r\n--x--\r\n`;
    expect((await postForm(head)).status).toBe(400);
    await world.check();
  });
});

describe('resumable uploads', () => {
  const to = (values: Record<string, string>) => ({ session: world.session, ...values });
  const bytes = (text: string) => new TextEncoder().encode(text);

  it.each([
    [{ path: '../x' }, 400],
    [{ path: '/tmp/x' }, 400],
    [{ path: 'dirlink/x' }, 400],
    [{ path: 'plain.txt/x' }, 400],
    [{ path: 'folder' }, 412],
    [{ path: 'a\0b' }, 400],
    [{ path: '' }, 400],
    [{ path: 'x', hash: 'x' }, 400],
    [{ path: 'x', session: '../../x' }, 404],
    [{ path: 'x', folder: '../../x' }, 404],
  ] as const)('described as %j are refused with %i', async (values, status) => {
    expect((await upload(world.attacker, to(values), 'x')).status).toBe(status);
    await world.check();
  });

  it('to the session of somebody else are refused, whoever the description says owns them', async () => {
    const values = { session: world.victimSession, path: 'x', owner: 'victim' };
    expect((await upload(world.attacker, values, 'x')).status).toBe(404);
    await world.check();
  });

  it('belong to who began them, with all their files', async () => {
    const { url } = await createUpload(
      world.victim,
      { session: world.victimSession, path: 'v', hash: sha256('v') },
      1,
    );
    const before = uploadsLeft();
    for (const address of [
      url,
      `${url}.json`,
      url.replace(/[^/]+$/, '%2e%2e'),
      url.replace(/[^/]+$/, (id) => `.%2f${id}`),
    ])
      for (const method of ['DELETE', 'PATCH', 'HEAD', 'POST']) {
        const headers = {
          ...auth(),
          'tus-resumable': '1.0.0',
          'upload-offset': '0',
          'x-http-method-override': 'DELETE',
        };
        const answer = await request(address, { method, headers, ...(method === 'PATCH' && { body: 'x' }) });
        expect([method, address, answer.status >= 400]).toEqual([method, address, true]);
      }
    expect(uploadsLeft()).toEqual(before);
    const headers = { authorization: `Bearer ${world.victim.tokens.access_token}`, 'tus-resumable': '1.0.0' };
    expect((await request(url, { method: 'DELETE', headers })).status).toBe(204);
  });

  it.each(['-1', 'x', '1e3', '', '99999999999999999999', String(MAX_FILE + 1)])(
    'of %j bytes are refused',
    async (size) => {
      const values = metadata({ ...to({ path: 'x' }), hash: sha256('x') });
      const headers = {
        ...auth(),
        'tus-resumable': '1.0.0',
        'upload-length': size,
        'upload-metadata': values,
      };
      const answer = await request(`${world.server.url}/v2/uploads`, { method: 'POST', headers });
      expect([400, 413]).toContain(answer.status);
    },
  );

  it('whose parts come twice, at once, too long or at a wrong place are right or refused', async () => {
    const random = new Random();
    for (let n = 0; n < rounds(6, 60); n++) {
      const text = random.pick(['a', 'b', 'c']).repeat(1_000 + random.int(5_000));
      const name = `tus-${n}.txt`;
      const { url } = await createUpload(
        world.attacker,
        { ...to({ path: name }), hash: sha256(text) },
        text.length,
      );
      const half = random.int(text.length);
      const chunk = (from: number, end = text.length) =>
        sendChunk(world.attacker, url, from, bytes(text.slice(from, end)));
      const wrong = await Promise.all([
        chunk(half + 1),
        sendChunk(world.attacker, url, 0, bytes(`${text}more`)),
        sendChunk(world.attacker, url, -1, bytes('x')),
      ]);
      expect(wrong.every((answer) => answer.status >= 400 && answer.status < 500)).toBe(true);
      const raced = await Promise.all([chunk(0, half), chunk(0, half), chunk(0, half)]);
      expect(raced.some((answer) => answer.status === 204)).toBe(true);
      const offset = Number((await uploadStatus(world.attacker, url)).headers.get('upload-offset'));
      const last: Answer[] = await Promise.all([chunk(offset), chunk(offset)]);
      expect(last.filter((answer) => answer.status === 204)).not.toEqual([]);
      expect(readFileSync(file(name), 'utf8')).toBe(text);
      rmSync(file(name));
    }
    expect(uploadsLeft()).toEqual([]);
    await world.check();
  });
});

describe('plots of an execution', () => {
  it.each(['a link', 'a pipe', 'a folder'])('are not written through %s', async (kind) => {
    const place = file('Rplot001.png');
    rmSync(place, { recursive: true, force: true });
    if (kind === 'a link') symlinkSync(join(world.outside, 'secret.txt'), place);
    if (kind === 'a pipe') execFileSync('mkfifo', [place]);
    if (kind === 'a folder') execFileSync('mkdir', [place]);
    const options = { params: { id: world.session }, body: { code: 'plot(1)' } };
    const result = (await world.attacker.ask('executeCode', options)).json<ExecuteResponse>();
    expect(result).toMatchObject({
      success: true,
      changedFiles: kind === 'a folder' ? [] : ['Rplot001.png'],
    });
    await world.check();
  });
});
