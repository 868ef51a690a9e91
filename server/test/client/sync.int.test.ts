import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HashCache, ProjectSync, nodeFiles, type FarsideClient, type Progress } from '@farside/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { signedIn } from './support.ts';

/** The goal for a project of 200 files of which one changed. */
/** The goal holds in the long form; the short one may meet a crowded machine. */
const GOAL_MS = process.env['FARSIDE_LONG'] ? 300 : 10_000;
let server: TestServer;
let client: FarsideClient;
let root = '';
beforeAll(async () => {
  server = await startServer();
  client = await signedIn(server);
});
afterAll(async () => {
  client.dispose();
  await server.stop();
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'farside-project-'));
  return () => rmSync(root, { recursive: true, force: true });
});

const put = (path: string, text: string | Uint8Array): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};
const project = (hashes = new HashCache()): ProjectSync =>
  new ProjectSync({ client, files: nodeFiles(root), key: root, name: 'project', hashes });
const remoteFile = async (sync: ProjectSync, path: string): Promise<string> => {
  const { id } = await sync.folder();
  return new TextDecoder().decode(await client.call('folderFile', { params: { id, path } }));
};
async function send(sync: ProjectSync): Promise<readonly string[]> {
  return sync.upload(await sync.plan(await sync.scan()));
}
/** Changes a file on the server as a run does it. */
async function runThere(sync: ProjectSync, code: string): Promise<void> {
  const { id: folderId } = await sync.folder();
  const { id } = await client.call('startSession', { body: { folderId } });
  const { success } = await client.call('executeCode', { params: { id }, body: { code } });
  expect(success).toBe(true);
  await client.call('closeSession', { params: { id } });
}

test('200 files go up once; then only the one that changed, within the goal', async () => {
  for (let i = 0; i < 200; i++) put(`R/file ${i} é.R`, `x <- ${i}\n`.repeat(20));
  const hashes = new HashCache();
  expect(await send(project(hashes))).toHaveLength(200);
  const sync = project(new HashCache(hashes.entries()));
  put('R/file 7 é.R', 'changed');
  const start = performance.now();
  expect(await send(sync)).toEqual(['R/file 7 é.R']);
  expect(performance.now() - start).toBeLessThan(GOAL_MS);
  expect(await remoteFile(sync, 'R/file 7 é.R')).toBe('changed');
  expect(await send(sync)).toEqual([]);
});

test('empty and large files arrive whole, with progress', async () => {
  const large = new Uint8Array(2_500_000).map((_, i) => (i * 7919) % 251);
  put('large.bin', large);
  put('empty.txt', '');
  const seen: Progress[] = [];
  const sync = project();
  const plan = await sync.plan(await sync.scan());
  expect(plan.uploadBytes).toBe(large.length);
  await sync.upload(plan, { onProgress: (progress) => void seen.push(progress) });
  expect(seen.at(-1)).toMatchObject({ done: 2, total: 2, bytesDone: large.length, bytesTotal: large.length });
  const { id } = await sync.folder();
  const back = await client.call('folderFile', { params: { id, path: 'large.bin' } });
  expect(Buffer.from(back).equals(large)).toBe(true);
});

test('what changed on the server is a conflict and stays unless it is to be overwritten', async () => {
  put('data.txt', 'one');
  const sync = project();
  await send(sync);
  await runThere(sync, 'cat("theirs", file = "data.txt")');
  put('data.txt', 'mine');
  const plan = await sync.plan(await sync.scan());
  expect(plan).toMatchObject({ upload: [], conflicts: ['data.txt'] });
  expect(await sync.upload(plan)).toEqual([]);
  expect(await remoteFile(sync, 'data.txt')).toBe('theirs');
  expect(await sync.upload(plan, { overwrite: ['data.txt'] })).toEqual(['data.txt']);
  expect(await remoteFile(sync, 'data.txt')).toBe('mine');
});

test('files that a run made come back, and then both sides agree', async () => {
  put('a.R', '1');
  const sync = project();
  await send(sync);
  await runThere(sync, 'dir.create("out"); writeLines("日本", "out/made.txt")');
  const changes = await sync.changes();
  expect(changes.map(({ path }) => path)).toEqual(['out/made.txt']);
  expect(await sync.bringBack(changes)).toEqual(['out/made.txt']);
  expect(readFileSync(join(root, 'out/made.txt'), 'utf8')).toBe('日本\n');
  expect(await sync.changes()).toEqual([]);
  expect(await send(sync)).toEqual([]);
});

test('the repository is marked so that here::here() finds the root', async () => {
  put('.git/config', 'secret');
  put('a.R', '1');
  const sync = project();
  expect(await send(sync)).toEqual(['.git/.farside', 'a.R']);
});

test('an ignored file that the script names is offered, one over the cap is named', async () => {
  put('.gitignore', 'data/\n');
  put('data/x.csv', '1');
  put('big.bin', 'x'.repeat(2000));
  const sync = new ProjectSync({ client, files: nodeFiles(root), key: root, name: 'p', sizeCapBytes: 1000 });
  const scan = await sync.scan({ script: 'read.csv("data/x.csv"); read.csv("data/none.csv")' });
  expect(scan.namedButIgnored).toEqual(['data/x.csv']);
  expect(scan.tooLarge).toEqual([{ path: 'big.bin', size: 2000 }]);
});

test('a cancelled upload stops with a clear error', async () => {
  put('large.bin', new Uint8Array(20_000_000));
  const sync = project();
  const plan = await sync.plan(await sync.scan());
  const cancel = new AbortController();
  const sending = sync.upload(plan, { signal: cancel.signal, onProgress: () => cancel.abort() });
  await expect(sending).rejects.toMatchObject({ code: 'cancelled' });
});

test('uploads go on after the server was killed under way', async () => {
  const large = new Uint8Array(12_000_000).map((_, i) => i % 253);
  put('large.bin', large);
  const sync = project();
  const plan = await sync.plan(await sync.scan());
  let crash: Promise<void> | undefined;
  const onProgress = ({ bytesDone }: Progress): void => {
    if (bytesDone < 3_000_000) return;
    crash ??= server.endWebNode('SIGKILL').then(async () => {
      server = await startServer({ dataDir: server.dataDir, port: Number(new URL(server.url).port) });
    });
  };
  await sync.upload(plan, { onProgress });
  await crash;
  const { id } = await sync.folder();
  const back = await client.call('folderFile', { params: { id, path: 'large.bin' } });
  expect(Buffer.from(back).equals(large)).toBe(true);
});
