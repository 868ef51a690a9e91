import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SnapshotDetail } from '@farside/protocol';
import { newSession, signIn, type Api } from '../support/api.ts';
import { cliEnv } from '../support/cliEnv.ts';
import { runFarside, startServer, type TestServer } from '../support/server.ts';
import { runIn, valueIn } from '../support/snapshots.ts';

let server: TestServer;
let api: Api;
let env: NodeJS.ProcessEnv;
let work: string;
const dir = mkdtempSync(join(tmpdir(), 'farside-cli-snapshots-'));
beforeAll(async () => {
  server = await startServer();
  api = await signIn(server);
  env = cliEnv(server, dir);
  work = await newSession(api, { name: 'work' });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

const snapshots = (...args: string[]) => runFarside(['snapshots', ...args], { env });
const listed = async (): Promise<SnapshotDetail[]> =>
  JSON.parse((await snapshots('list', '--json')).stdout) as SnapshotDetail[];

test('without snapshots the list says so', async () => {
  expect(await snapshots('list')).toEqual({ status: 0, stdout: 'There are no snapshots.\n', stderr: '' });
  expect(await listed()).toEqual([]);
});

test('one is created, its id is all of standard output, and what is not in it is named', async () => {
  await runIn(
    api,
    work,
    'x <- 1:3; con <- file("log.txt", "w"); writeLines("in", "a.txt"); library(splines)',
  );
  const made = await snapshots('create', 'work', '--name', 'before the fit');
  expect(made).toMatchObject({ status: 0, stdout: expect.stringMatching(/^[\w-]{36}\n$/) as string });
  expect(made.stderr).toMatch(/^Not in the snapshot:\n/);
  expect(made.stderr).toMatch(/^ {2}con: .*connection/m);
  expect(made.stderr).toMatch(/^ {2}splines: .*library\(\)/m);
  const [only, ...others] = await listed();
  expect(others).toEqual([]);
  expect(only).toMatchObject({ id: made.stdout.trim(), name: 'before the fit', session: 'work', objects: 2 });
});

test('the list has a line for each: id, name, time, size, R and session', async () => {
  const [only] = await listed();
  const { stdout } = await snapshots('list');
  expect(stdout).toMatch(/^ID +NAME +CREATED \(UTC\) +SIZE +R +SESSION\n/);
  const line = stdout.split('\n')[1] ?? '';
  expect(line).toMatch(
    new RegExp(`^${only?.id.slice(0, 8)} +before the fit +20.{14} +[\\d.]+ \\w+ +${only?.rVersion} +work$`),
  );
});

test('it is loaded by its name, its id or the beginning of it', async () => {
  const [only] = await listed();
  await newSession(api, { name: 'into' });
  for (const named of ['before the fit', only?.id ?? '', only?.id.slice(0, 8) ?? '']) {
    const loaded = await snapshots('load', named, 'into');
    expect([named, loaded.status, loaded.stdout]).toEqual([
      named,
      0,
      'Loaded 2 objects, 2 files, 0 packages.\n',
    ]);
  }
});

test('loading merges, and attaches packages only when it is asked to', async () => {
  const target = await newSession(api, { name: 'target' });
  await runIn(api, target, 'x <- "old"; own <- 1');
  expect((await snapshots('load', 'before the fit', 'target')).status).toBe(0);
  const look = 'sum(x), own, readLines("a.txt"), "package:splines" %in% search()';
  expect(await valueIn(api, target, look)).toBe('6 1 in FALSE');
  expect((await snapshots('load', 'before the fit', 'target', '--attached')).status).toBe(0);
  expect(await valueIn(api, target, look)).toBe('6 1 in TRUE');
});

test('it is saved as a zip, whole or not at all', async () => {
  const [only] = await listed();
  const file = join(dir, 'a.zip');
  expect(await snapshots('download', 'before the fit', file)).toMatchObject({ status: 0, stdout: '' });
  const bytes = readFileSync(file);
  expect([bytes.length, bytes.subarray(0, 2).toString()]).toEqual([only?.contentSize, 'PK']);
  const nowhere = await snapshots('download', 'before the fit', join(dir, 'none', 'a.zip'));
  expect([nowhere.status, nowhere.stderr]).toEqual([1, expect.stringContaining('can not be written')]);
  expect(existsSync(`${file}.part`)).toBe(false);
});

test('a name that fits several or none is no guess', async () => {
  expect((await snapshots('create', 'work', '--name', 'twice')).status).toBe(0);
  expect((await snapshots('create', 'work', '--name', 'twice')).status).toBe(0);
  const several = await snapshots('delete', 'twice');
  expect([several.status, several.stderr]).toEqual([1, expect.stringContaining('fits several')]);
  const none = await snapshots('load', 'nothing', 'work');
  expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('nothing')]);
  const session = await snapshots('create', 'no such session');
  expect([session.status, session.stdout]).toEqual([1, '']);
  expect(await listed()).toHaveLength(3);
});

test('several are deleted at once, and are gone', async () => {
  const ids = (await listed()).map(({ id }) => id);
  const done = await snapshots('delete', ...ids);
  expect(done).toMatchObject({ status: 0, stderr: '' });
  expect(done.stdout.trim().split('\n')).toEqual([
    `Deleted ${ids[0]?.slice(0, 8)} before the fit`,
    `Deleted ${ids[1]?.slice(0, 8)} twice`,
    `Deleted ${ids[2]?.slice(0, 8)} twice`,
  ]);
  expect(await listed()).toEqual([]);
  expect((await snapshots('delete', ids[0] ?? '')).status).toBe(1);
});
