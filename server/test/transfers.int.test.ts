import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FarsideClient, fixedTokenStore, getFile, putFile } from '@farside/client';
import type { FileEntry } from '@farside/protocol';
import { newSession, signIn, type Api } from './support/api.ts';
import { hasNginx, startNginx } from './support/nginx.ts';
import { startServer, type TestServer } from './support/server.ts';
import { sha256, upload } from './support/tus.ts';
import { serverWithSession } from './support/world.ts';
import { TcpProxy } from './network/proxy.ts';

/** The real size with --long: more than the memory of a small machine. */
const LARGE = process.env['FARSIDE_LONG'] ? 3 * 1024 ** 3 : 200 * 1024 ** 2;
const dir = mkdtempSync(join(tmpdir(), 'farside-transfer-'));
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

const clientAt = (url: string) =>
  new FarsideClient({ url, tokens: fixedTokenStore(api.tokens.access_token), userAgent: 'test' });
const codeOf = (answer: { json<T>(): T }) => answer.json<{ code: string }>().code;
const digest = async (path: string) => (await api.ask('digest', { params: { id, path } })).json<FileEntry>();
async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

describe('files', () => {
  it.each([
    'a/b/c/deep.csv',
    'with space.txt',
    'emoji 😀 日本語 Ελ.csv',
    '...dots...',
    '.hidden/.file',
    'quote"\'`$(x);&|.R',
    '%2e%2e%2fx',
    'a#b?c=d&e+f',
    'back\\slash',
    'x'.repeat(255),
  ])('of the name %j go there, come back and are deleted', async (path) => {
    expect((await upload(api, { session: id, path }, `content of ${path}`)).status).toBe(204);
    const got = await api.ask('file', { params: { id, path } });
    expect(got.text).toBe(`content of ${path}`);
    expect(await digest(path)).toMatchObject({ path, size: got.bytes.length, hash: sha256(got.bytes) });
    expect((await api.ask('files', { params: { id } })).json<FileEntry[]>().map((f) => f.path)).toContain(
      path,
    );
    expect((await api.ask('deleteFile', { params: { id, path } })).status).toBe(200);
    for (const endpoint of ['file', 'digest', 'deleteFile'] as const)
      expect(codeOf(await api.ask(endpoint, { params: { id, path } }))).toBe('noSuchFile');
  });

  it.each(['new\nline', 'tab\t', 'nul\0', '../up', '/root', 'a/../../up', ''])(
    'can not have the name %j',
    async (path) => {
      const answer = await upload(api, { session: id, path }, 'x');
      expect([answer.status, codeOf(answer)]).toEqual([400, 'badPath']);
    },
  );

  it('have a digest that follows what is in them', async () => {
    writeFileSync(join(workdir, 'changing'), 'one');
    expect((await digest('changing')).hash).toBe(sha256('one'));
    writeFileSync(join(workdir, 'changing'), 'two');
    expect((await digest('changing')).hash).toBe(sha256('two'));
    const { headers } = await api.ask('file', { params: { id, path: 'changing' } });
    expect(headers.get('repr-digest')).toBe(
      `sha-256=:${Buffer.from(sha256('two'), 'hex').toString('base64')}:`,
    );
    const other = await newSession(api);
    expect((await api.ask('digest', { params: { id: other, path: 'changing' } })).status).toBe(404);
  });

  it('are replaced whole: who reads one has the old or the new one', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(2_000_000));
    let over = false;
    const writing = (async () => {
      for (let i = 0; i < 10; i++)
        await upload(api, { session: id, path: 'replaced', overwrite: 'true' }, texts[i % 2] ?? '');
      over = true;
    })();
    const seen = new Set<string>();
    while (!over) {
      const { status, text } = await api.ask('file', { params: { id, path: 'replaced' } });
      if (status === 200) seen.add(`${text.length} ${[...new Set(text)].join('')}`);
    }
    await writing;
    expect([...seen].filter((s) => s !== '2000000 a' && s !== '2000000 b')).toEqual([]);
    const refused = await upload(api, { session: id, path: 'replaced' }, 'other');
    expect([refused.status, codeOf(refused)]).toEqual([412, 'fileConflict']);
  });
});

describe('a large file', () => {
  const from = join(dir, 'large');
  const to = join(dir, 'back');
  let hash: string;
  beforeAll(async () => {
    // Sparse, with something at both ends and in the middle: quick to make, and no two pieces are taken for another.
    writeFileSync(from, 'begin');
    truncateSync(from, LARGE - 3);
    writeFileSync(from, 'end', { flag: 'a' });
    hash = await hashOf(from);
  });

  it('goes and comes in constant memory', async () => {
    const resident = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;
    const client = clientAt(server.url);
    const before = resident();
    let most = 0;
    const look = () => (most = Math.max(most, resident()));
    const sent = await putFile(client, { session: id, from, path: 'sub/large', memory, onProgress: look });
    expect(sent).toEqual({ size: LARGE, hash });
    expect(await hashOf(join(workdir, 'sub/large'))).toBe(hash);
    expect(await getFile(client, { session: id, path: 'sub/large', to, onProgress: look })).toEqual({
      size: LARGE,
      hash,
    });
    expect(await hashOf(to)).toBe(hash);
    expect(most - before).toBeLessThan(150 * 1024 ** 2);
    expect(readdirSync(dir).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(readdirSync(memory)).toEqual([]);
    client.dispose();
  });

  it('goes on where it stopped: after drops, and after it was cancelled', async () => {
    const { hostname, port } = new URL(server.url);
    const proxy = await TcpProxy.before({ host: hostname, port: Number(port) });
    const client = clientAt(proxy.url);
    rmSync(join(workdir, 'sub/large'));
    const passed = { sending: 0, fetching: 0 };
    const cancel = new AbortController();
    const half = putFile(client, {
      session: id,
      from,
      path: 'sub/large',
      memory,
      signal: cancel.signal,
      onProgress: (step, bytes) => {
        if (step === 'sending' && bytes > LARGE / 2) cancel.abort();
      },
    });
    await expect(half).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(memory)).toHaveLength(1);
    void proxy.cutAfter('up', LARGE / 8);
    let first: number | undefined;
    await putFile(client, {
      session: id,
      from,
      path: 'sub/large',
      memory,
      onProgress: (step, bytes) => {
        if (step === 'sending' && bytes > 0) first ??= bytes;
        if (step === 'sending') passed.sending = bytes;
      },
    });
    expect(first).toBeGreaterThan(LARGE / 3);
    expect(await hashOf(join(workdir, 'sub/large'))).toBe(hash);

    rmSync(to);
    const stop = new AbortController();
    const broken = getFile(client, {
      session: id,
      path: 'sub/large',
      to,
      signal: stop.signal,
      onProgress: (bytes) => {
        if (bytes > LARGE / 2) stop.abort();
      },
    });
    await expect(broken).rejects.toMatchObject({ code: 'cancelled' });
    const part = readdirSync(dir).find((name) => name.endsWith('.part')) ?? '';
    const there = statSync(join(dir, part)).size;
    expect(there).toBeGreaterThan(LARGE / 3);
    void proxy.cutAfter('down', LARGE / 8);
    let begin: number | undefined;
    await getFile(client, { session: id, path: 'sub/large', to, onProgress: (bytes) => (begin ??= bytes) });
    expect(begin).toBeGreaterThan(there);
    expect(await hashOf(to)).toBe(hash);
    client.dispose();
    await proxy.close();
  });

  it('that is damaged on its way down is fetched anew the next time', async () => {
    const client = clientAt(server.url);
    rmSync(to, { force: true });
    const { hash: known } = await digest('sub/large');
    const part = join(dir, `.back.${known?.slice(0, 16) ?? ''}.part`);
    writeFileSync(part, 'not the beginning');
    await expect(getFile(client, { session: id, path: 'sub/large', to })).rejects.toMatchObject({
      code: 'downloadDamaged',
    });
    await getFile(client, { session: id, path: 'sub/large', to });
    expect(await hashOf(to)).toBe(hash);
    client.dispose();
  });

  it('that becomes shorter or goes away while it is sent', async () => {
    const client = clientAt(server.url);
    const changing = join(dir, 'changing');
    const job = { session: id, from: changing, path: 'changing', overwrite: true, memory };
    const whenSent = (change: () => void) => {
      let done = false;
      return (step: string, bytes: number) => {
        if (step !== 'sending' || bytes === 0 || done) return;
        done = true;
        change();
      };
    };
    writeFileSync(changing, Buffer.alloc(80_000_000, 'farside'));
    const shorter = whenSent(() => truncateSync(changing, 1000));
    await expect(putFile(client, { ...job, onProgress: shorter })).rejects.toMatchObject({
      code: 'localFile',
      details: { path: changing, reason: 'it became shorter while it was sent' },
    });
    // What is deleted is still there for who has it open.
    writeFileSync(changing, Buffer.alloc(80_000_000, 'edisraf'));
    const { hash: sent } = await putFile(client, { ...job, onProgress: whenSent(() => rmSync(changing)) });
    expect((await digest('changing')).hash).toBe(sent);
    client.dispose();
  });

  it.skipIf(!hasNginx())('passes an nginx that takes no body over 1 MB', async () => {
    const behind = await startServer({ args: ['--base-path', '/farside'] });
    const nginx = await startNginx(new URL(behind.url).port, '30s', '1m');
    setDefaultCACertificates([...getCACertificates('bundled'), nginx.ca]);
    try {
      const url = `${nginx.origin}/farside`;
      const there = await signIn({ ...behind, url });
      const session = await newSession(there);
      const client = new FarsideClient({
        url,
        tokens: fixedTokenStore(there.tokens.access_token),
        userAgent: 'test',
      });
      const middle = join(dir, 'middle');
      writeFileSync(middle, Buffer.alloc(5_000_000, 'farside'));
      const { hash: sent } = await putFile(client, { session, from: middle, path: 'm', memory });
      expect((await getFile(client, { session, path: 'm', to: `${middle}.back` })).hash).toBe(sent);
      client.dispose();
    } finally {
      await nginx.stop();
      await behind.stop();
    }
  });
});
