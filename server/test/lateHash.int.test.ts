import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FarsideClient, fixedTokenStore, putFile } from '@farside/client';
import { REPR_DIGEST, reprDigest, type Folder } from '@farside/protocol';
import { sendRaw } from './fuzz/raw.ts';
import type { Api } from './support/api.ts';
import type { TestServer } from './support/server.ts';
import { createUpload, sendChunk, sha256, uploadStatus } from './support/tus.ts';
import { serverWithSession } from './support/world.ts';

/** More than one piece, so that it is hashed on its way. */
const LARGE = 40 * 1024 ** 2;
const HANG_MS = 60_000;
const dir = mkdtempSync(join(tmpdir(), 'farside-late-hash-'));
const memory = join(dir, 'memory');
let server: TestServer;
let api: Api;
let id: string;
let workdir: string;
beforeAll(async () => {
  ({ server, api, id, workdir } = await serverWithSession());
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

const codeOf = (answer: { json<T>(): T }) => answer.json<{ code: string }>().code;
const there = (path: string) => readFileSync(join(workdir, path));
const bytes = (text: string) => new TextEncoder().encode(text);
const digestOf = (text: string) => ({ [REPR_DIGEST]: reprDigest(sha256(text)) });
const begin = async (path: string, size: number, more: Record<string, string> = {}) =>
  (await createUpload(api, { session: id, path, ...more }, size)).url;

describe('a hash that comes with the last bytes', () => {
  it('is that of the whole file', async () => {
    const url = await begin('late', 6);
    expect((await sendChunk(api, url, 0, bytes('abc'))).status).toBe(204);
    expect((await sendChunk(api, url, 3, bytes('def'), digestOf('abcdef'))).status).toBe(204);
    expect(there('late').toString()).toBe('abcdef');
  });

  it('is checked; without it nothing is put in place', async () => {
    const damaged = await sendChunk(api, await begin('bad', 3), 0, bytes('abc'), digestOf('def'));
    expect(codeOf(damaged)).toBe('uploadDamaged');
    const without = await sendChunk(api, await begin('bad', 3), 0, bytes('abc'));
    expect([without.status, codeOf(without)]).toEqual([400, 'badRequest']);
    const odd = await sendChunk(api, await begin('bad', 3), 0, bytes('abc'), {
      [REPR_DIGEST]: 'sha-256=:AA==:',
    });
    expect(codeOf(odd)).toBe('badRequest');
    expect(readdirSync(workdir)).not.toContain('bad');
    expect(readdirSync(join(server.dataDir, 'uploads'))).toEqual([]);
  });

  it('does not replace one that was announced', async () => {
    const url = await begin('announced', 3, { hash: sha256('def') });
    expect(codeOf(await sendChunk(api, url, 0, bytes('abc'), digestOf('abc')))).toBe('uploadDamaged');
  });

  it('is for files of sessions: another file is refused before anything is sent', async () => {
    writeFileSync(join(workdir, 'mine'), 'mine');
    const { answer } = await createUpload(api, { session: id, path: 'mine' }, 3);
    expect([answer.status, codeOf(answer)]).toEqual([412, 'fileConflict']);
    const over = await begin('mine', 3, { overwrite: 'true' });
    expect((await sendChunk(api, over, 0, bytes('new'), digestOf('new'))).status).toBe(204);
    expect(there('mine').toString()).toBe('new');
    const folder = (await api.ask('putFolder', { body: { key: 'late', name: 'late' } })).json<Folder>();
    const refused = await createUpload(api, { folder: folder.id, path: 'x' }, 3);
    expect(codeOf(refused.answer)).toBe('badRequest');
    expect(codeOf((await createUpload(api, { session: id, objects: '' }, 3)).answer)).toBe('badRequest');
  });

  it('finds a file that came there meanwhile', async () => {
    const url = await begin('meanwhile', 3);
    writeFileSync(join(workdir, 'meanwhile'), 'theirs');
    const answer = await sendChunk(api, url, 0, bytes('abc'), digestOf('abc'));
    expect([answer.status, codeOf(answer)]).toEqual([412, 'fileConflict']);
    expect(there('meanwhile').toString()).toBe('theirs');
  });
});

describe('a connection', () => {
  const patch = (url: string, offset: number, size: number, body: Buffer): Buffer => {
    const head = [
      `PATCH ${new URL(url).pathname} HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${api.tokens.access_token}`,
      'Tus-Resumable: 1.0.0',
      `Upload-Offset: ${offset}`,
      'Content-Type: application/offset+octet-stream',
      `Content-Length: ${size}`,
    ];
    return Buffer.concat([bytes(`${head.join('\r\n')}\r\n\r\n`), body]);
  };

  it('is answered, then closed, when nobody wants its bytes', async () => {
    const url = await begin('kept', 8_000_000);
    const reply = await sendRaw(server.url, patch(url, 17, 4_000_000, Buffer.alloc(4_000_000)));
    expect(reply.status).toBe(409);
    expect(reply.head).toMatch(/^connection: close$/im);
    expect((await uploadStatus(api, url)).headers.get('upload-offset')).toBe('0');
  });

  it('that breaks again and again still gets an upload on', async () => {
    const url = await begin('broken', 700_000);
    for (const offset of [0, 200_000, 400_000]) {
      void sendRaw(server.url, patch(url, offset, 700_000 - offset, Buffer.alloc(200_000, 'x')), true);
      await vi.waitUntil(async () => {
        const { headers } = await uploadStatus(api, url);
        return headers.get('upload-offset') === String(offset + 200_000);
      }, HANG_MS);
    }
  });
});

describe('putFile()', () => {
  const from = join(dir, 'large');
  const client = () =>
    new FarsideClient({
      url: server.url,
      tokens: fixedTokenStore(api.tokens.access_token),
      userAgent: 'test',
    });

  it('reads a large file once, and again only to know whether it is the one that is there', async () => {
    writeFileSync(from, Buffer.alloc(LARGE, 'one'));
    const steps: string[] = [];
    const job = {
      session: id,
      from,
      path: 'large',
      memory,
      onProgress: (step: string) => void steps.push(step),
    };
    const { hash } = await putFile(client(), job);
    expect(sha256(there('large'))).toBe(hash);
    expect(new Set(steps)).toEqual(new Set(['sending']));
    expect((await putFile(client(), job)).hash).toBe(hash);
    expect(new Set(steps)).toEqual(new Set(['sending', 'hashing']));
    writeFileSync(from, Buffer.alloc(LARGE, 'two'));
    await expect(putFile(client(), job)).rejects.toMatchObject({ code: 'fileConflict' });
    expect(sha256(there('large'))).toBe(hash);
    const other = await putFile(client(), { ...job, overwrite: true });
    expect(sha256(there('large'))).toBe(other.hash);
    expect(other.hash).not.toBe(hash);
    expect(readdirSync(memory)).toEqual([]);
  });

  it('goes on with an upload of the file as it is, and begins anew when it has changed', async () => {
    const half = async () => {
      const stop = new AbortController();
      const sending = putFile(client(), {
        session: id,
        from,
        path: 'half',
        memory,
        signal: stop.signal,
        onProgress: (_step, sent) => {
          if (sent > LARGE / 2) stop.abort();
        },
      });
      await expect(sending).rejects.toMatchObject({ code: 'cancelled' });
    };
    const firstSent = async (): Promise<number | undefined> => {
      let first: number | undefined;
      const onProgress = (_step: string, sent: number) => {
        if (sent > 0) first ??= sent;
      };
      const { hash } = await putFile(client(), { session: id, from, path: 'half', memory, onProgress });
      expect(sha256(there('half'))).toBe(hash);
      expect(hash).toBe(sha256(readFileSync(from)));
      rmSync(join(workdir, 'half'));
      return first;
    };
    writeFileSync(from, Buffer.alloc(LARGE, 'three'));
    await half();
    expect(await firstSent()).toBeGreaterThan(LARGE / 3);
    await half();
    writeFileSync(from, Buffer.alloc(LARGE, 'other'));
    utimesSync(from, 1, 1);
    expect(await firstSent()).toBeLessThan(LARGE / 3);
  });
});
