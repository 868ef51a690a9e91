import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotInfo } from '@farside/protocol';
import { dataFiles } from '../src/web/dataFiles.ts';
import { newSession, request, signIn, type Answer, type Api } from './support/api.ts';
import { startServer, type TestServer } from './support/server.ts';
import { codeOf, makeSnapshot, mergeSnapshot, runIn, valueIn } from './support/snapshots.ts';

let server: TestServer;
let api: Api;
let id: string;
beforeAll(async () => {
  server = await startServer();
  api = await signIn(server);
  id = await newSession(api);
});
afterAll(() => server.stop());

const workdir = (session: string): string => dataFiles(server.dataDir).workdir(session);
const raw = (method: string, path: string, body?: string): Promise<Answer> =>
  request(server.url + path, {
    method,
    headers: { authorization: `Bearer ${api.tokens.access_token}` },
    ...(body !== undefined && { body }),
  });

const ODD_IDS = [
  '..',
  '.',
  '%2e%2e',
  '..%2f..%2fkeys',
  '%2fetc%2fpasswd',
  '.new-x',
  '%00',
  'x%00y',
  '%0a',
  "'%20or%201=1--",
  'x'.repeat(3000),
  '%F0%9F%92%A9',
  '00000000-0000-0000-0000-000000000000',
  '*',
  '%25',
  '%5c..%5c',
  '"',
  '`id`',
];

describe('ids and bodies that nobody means', () => {
  it.each(ODD_IDS)('id %s', async (odd) => {
    const answers = [
      await raw('GET', `/snapshots/${odd}`),
      await raw('DELETE', `/snapshots/${odd}`),
      await raw('POST', `/sessions/${id}/loadsnapshot/${odd}`),
      await raw('POST', `/v2/sessions/${id}/snapshots/${odd}/load`, '{}'),
      await raw('POST', `/sessions/${odd}/snapshot`, '{}'),
      await raw('POST', '/sessions', JSON.stringify({ snapshotId: decodeURIComponent(odd) })),
    ];
    // "." and ".." are resolved by every client, so another address is asked.
    for (const { status } of answers) expect([200, 400, 404, 405]).toContain(status);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect((await api.ask('listSnapshots')).json()).toEqual([]);
  });

  it.each([
    '{"name":1}',
    '{"name":[]}',
    '[]',
    '"x"',
    '{',
    'null',
    `{"name":"${'n'.repeat(201)}"}`,
    '{"attached":"yes"}',
    `{"name":{"toString":1}}`,
    '\u0000',
  ])('body %s', async (body) => {
    const before = (await api.ask('listSnapshots')).json<SnapshotInfo[]>().length;
    const answer = await raw('POST', `/v2/sessions/${id}/snapshots`, body);
    expect(answer.status).toBeLessThan(500);
    const after = (await api.ask('listSnapshots')).json<SnapshotInfo[]>();
    expect(after.length).toBe(before + (answer.status === 201 ? 1 : 0));
    for (const { id: made } of after) await api.ask('deleteSnapshot', { params: { id: made } });
  });

  it('a body that never comes whole makes nothing', async () => {
    const { port, hostname } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const head = [
      `POST /v2/sessions/${id}/snapshots HTTP/1.1`,
      'Host: x',
      `Authorization: Bearer ${api.tokens.access_token}`,
    ];
    socket.write(
      [...head, 'Content-Type: application/json', 'Content-Length: 100', '', '{"name":"half'].join('\r\n'),
    );
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    expect((await api.ask('listSnapshots')).json()).toEqual([]);
  });

  it('names of all kinds are kept as text', async () => {
    for (const name of ['"); q(); ("', '../../x', 'é💩', '<script>', "'; drop table snapshots; --"]) {
      const { snapshotId } = await makeSnapshot(api, id, { name });
      const list = (await api.ask('listSnapshots')).json<SnapshotInfo[]>();
      expect(list.map((s) => [s.id, s.name])).toEqual([[snapshotId, name]]);
      await api.ask('deleteSnapshot', { params: { id: snapshotId } });
    }
  });
});

describe('calls at the same time', () => {
  it('each have a snapshot of their own, or an error, and deleting happens once', async () => {
    const session = await newSession(api);
    await runIn(api, session, 'x <- 1; writeLines("f", "f")');
    const made = await Promise.all(
      Array.from({ length: 8 }, () => api.ask('createSnapshot', { params: { id: session }, body: {} })),
    );
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
    const ids = made.map((answer) => answer.json<{ snapshotId: string }>().snapshotId);
    expect(new Set(ids).size).toBe(8);
    const loads = ids.map((snapshotId) => api.ask('loadSnapshot', { params: { id: session, snapshotId } }));
    expect((await Promise.all(loads)).map(({ status }) => status)).toEqual(ids.map(() => 200));
    for (const snapshot of ids) {
      const params = { id: snapshot };
      const answers = await Promise.all([
        api.ask('deleteSnapshot', { params }),
        api.ask('deleteSnapshot', { params }),
        api.ask('getSnapshotContent', { params }).catch(() => undefined),
      ]);
      const deleted = answers.slice(0, 2).map((a) => a?.status ?? 0);
      expect(deleted.sort()).toEqual([200, 404]);
    }
    expect(readdirSync(dataFiles(server.dataDir).snapshots)).toEqual([]);
  });
});

describe('files that are traps', () => {
  it('nothing outside of the working directory is read', async () => {
    const session = await newSession(api);
    const dir = workdir(session);
    mkdirSync(join(dir, 'a', 'b', 'c'), { recursive: true });
    writeFileSync(join(dir, 'inside'), 'inside');
    symlinkSync(join(server.dataDir, 'keys'), join(dir, 'keys'));
    symlinkSync('../session.json', join(dir, 'up'));
    symlinkSync('../../..', join(dir, 'a', 'b', 'c', 'root'));
    symlinkSync('a/b/c/root/../session.json', join(dir, 'sly'));
    symlinkSync(join(dir, 'inside'), join(dir, 'absolute'));
    symlinkSync('loop', join(dir, 'loop'));
    writeFileSync(join(dir, 'back\\slash'), 'b');
    writeFileSync(join(dir, 'C:name'), 'c');
    writeFileSync(join(dir, 'new\nline'), 'n');
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff, 0xfe])]), 'bytes');
    await runIn(
      api,
      session,
      'system("mkfifo fifo; python3 -c \'import socket; socket.socket(socket.AF_UNIX).bind(\\"sock\\")\'")',
    );
    const { snapshotId, lost } = await makeSnapshot(api, session);
    const names = lost.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['keys', 'up', 'sly', 'fifo', 'sock']));
    const zip = await api.ask('getSnapshotContent', { params: { id: snapshotId } });
    expect([zip.status, zip.bytes.length]).toEqual([200, Number(zip.headers.get('content-length'))]);
    expect(zip.text).not.toContain('PRIVATE KEY');
    expect(zip.text).not.toContain('bootId');
    const into = await newSession(api, { snapshotId });
    const look =
      'readLines("absolute", warn = FALSE), readLines("a/b/c/root/inside", warn = FALSE), file.exists("up")';
    expect(await valueIn(api, into, look)).toBe('inside inside FALSE');
  });

  it('loading writes through no link, and over no folder', async () => {
    const session = await newSession(api);
    await runIn(
      api,
      session,
      'dir.create("d"); writeLines("new", "d/f"); writeLines("new", "t"); writeLines("new", "g")',
    );
    const { snapshotId } = await makeSnapshot(api, session);
    const into = await newSession(api);
    const dir = workdir(into);
    const outside = join(server.dataDir, 'tmp', 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'target'), 'old');
    symlinkSync(outside, join(dir, 'd'));
    symlinkSync(join(outside, 'target'), join(dir, 't'));
    mkdirSync(join(dir, 'g'));
    writeFileSync(join(dir, 'g', 'own'), 'own');
    const { lost } = await mergeSnapshot(api, into, snapshotId);
    expect(lost.map(({ name }) => name).sort()).toEqual(['d', 'g']);
    expect(readdirSync(outside)).toEqual(['target']);
    expect(
      await valueIn(api, into, `readLines("t"), readLines("${join(outside, 'target')}", warn = FALSE)`),
    ).toBe('new old');
  });

  it('thousands of files and deep folders are taken', async () => {
    const session = await newSession(api);
    const code = `dir.create("n"); for (i in 1:3000) file.create(file.path("n", i))
      deep <- "deep"; for (i in 1:120) { dir.create(deep); deep <- file.path(deep, "d") }`;
    await runIn(api, session, code);
    const { snapshotId, files, lost } = await makeSnapshot(api, session);
    expect(files).toBe(3000);
    expect(lost.map(({ reason }) => reason)).toEqual(['folders are nested too deeply']);
    const zip = await api.ask('getSnapshotContent', { params: { id: snapshotId } });
    expect(zip.bytes.length).toBe(Number(zip.headers.get('content-length')));
  });

  it('a full disk leaves nothing half', async () => {
    const session = await newSession(api);
    await runIn(api, session, 'x <- 1:1e6 + 0.5; writeLines("f", "f")');
    // Of R alone: files may have 1 MB. Whoever writes past it is told as on a full disk.
    const { hello } = (await api.ask('session', { params: { id: session } })).json<{
      hello: { pid: number };
    }>();
    await runIn(api, session, `invisible(system("prlimit --pid ${hello.pid} --fsize=1000000:unlimited"))`);
    const answer = await api.ask('createSnapshot', { params: { id: session }, body: {} });
    expect([answer.status, codeOf(answer)]).toEqual([507, 'diskFull']);
    expect(readdirSync(dataFiles(server.dataDir).snapshots).filter((name) => name.startsWith('.'))).toEqual(
      [],
    );
  });
});
