import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SessionInfo, SnapshotInfo } from '@farside/protocol';
import { dataFiles } from '../src/web/dataFiles.ts';
import { newSession, signIn, type Answer, type Api } from './support/api.ts';
import { untilTrue } from './support/jobs.ts';
import { startServer, type TestServer } from './support/server.ts';
import { codeOf, makeSnapshot, runIn, valueIn } from './support/snapshots.ts';

/** R stops between the files and the objects of a snapshot until the file `go` is there. */
const HESITATE = `local({
  space <- asNamespace("farside")
  load <- space$load_library
  unlockBinding("load_library", space)
  space$load_library <- function(from) {
    file.create("waiting")
    while (!file.exists("go")) Sys.sleep(0.01)
    load(from)
  }
})`;

let server: TestServer;
let api: Api;
let snapshot: string;
beforeAll(async () => {
  server = await startServer({ args: ['--isolation=none'] });
  api = await signIn(server);
});
afterAll(() => server.stop());
beforeEach(async () => {
  const id = await newSession(api);
  await runIn(api, id, 'x <- 1; writeLines("in", "in.txt")');
  snapshot = (await makeSnapshot(api, id)).snapshotId;
});

const kept = () => readdirSync(dataFiles(server.dataDir).snapshots);
const load = (id: string) => api.ask('loadSnapshot', { params: { id, snapshotId: snapshot } });
const remove = () => api.ask('deleteSnapshot', { params: { id: snapshot } });
const listed = async () => (await api.ask('listSnapshots')).json<SnapshotInfo[]>().map(({ id }) => id);

async function loading(): Promise<{ id: string; workdir: string; answer: Promise<Answer> }> {
  const id = await newSession(api);
  await runIn(api, id, HESITATE);
  const { workdir } = (await api.ask('session', { params: { id } })).json<SessionInfo>();
  const answer = load(id);
  await untilTrue(() => existsSync(join(workdir, 'waiting')));
  return { id, workdir, answer };
}

it('deleted while a session loads it is loaded whole, and gone then', async () => {
  const { id, workdir, answer } = await loading();
  const other = await newSession(api);
  // The one that came second has its answer at once: from then on the snapshot is on its way out.
  const removed = [remove(), remove()];
  expect((await Promise.race(removed)).status).toBe(404);
  const refused = await load(other);
  expect([refused.status, codeOf(refused)]).toEqual([404, 'noSuchSnapshot']);
  expect(kept()).toContain(snapshot);
  writeFileSync(join(workdir, 'go'), '');
  expect((await answer).status).toBe(200);
  expect((await Promise.all(removed)).map(({ status }) => status).toSorted()).toEqual([200, 404]);
  expect(await valueIn(api, id, 'x, readLines("in.txt")')).toBe('1 in');
  expect(await valueIn(api, other, 'exists("x"), file.exists("in.txt")')).toBe('FALSE FALSE');
  expect(await listed()).not.toContain(snapshot);
  expect(kept()).toEqual([]);
});

it('is whole, and nothing else is left, when the session that loads it is ended', async () => {
  const { id, answer } = await loading();
  await api.ask('endSession', { params: { id }, body: { force: true } });
  const said = await answer;
  expect([said.status, codeOf(said)]).toEqual([422, 'snapshotFailed']);
  expect(said.text).toContain('R ended before it answered');
  expect(kept()).toEqual([snapshot]);
  const again = await newSession(api);
  expect((await load(again)).status).toBe(200);
  expect(await valueIn(api, again, 'x, readLines("in.txt")')).toBe('1 in');
  expect((await remove()).status).toBe(200);
  expect(kept()).toEqual([]);
});

it('with an object that is locked in the session changes nothing there; an active binding gives way', async () => {
  const id = await newSession(api);
  await runIn(api, id, 'x <- 2; lockBinding("x", globalenv())');
  const locked = await load(id);
  expect([locked.status, codeOf(locked)]).toEqual([422, 'snapshotFailed']);
  expect(locked.text).toContain('is locked in the session: nothing was loaded');
  expect(await valueIn(api, id, 'x, file.exists("in.txt")')).toBe('2 FALSE');
  await runIn(
    api,
    id,
    'rm(x); makeActiveBinding("x", function() 2, globalenv()); lockBinding("x", globalenv())',
  );
  expect((await load(id)).status).toBe(200);
  expect(await valueIn(api, id, 'x, file.exists("in.txt")')).toBe('1 TRUE');
  expect((await remove()).status).toBe(200);
  expect(codeOf(await load(id))).toBe('noSuchSnapshot');
});
