import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionInfo, SnapshotInfo } from '@farside/protocol';
import { dataFiles } from '../src/web/dataFiles.ts';
import { newSession, signIn, type Answer, type Api } from './support/api.ts';
import { processGone, startServer, temporaryDataDir, type TestServer } from './support/server.ts';
import { makeSnapshot, runIn, valueIn } from './support/snapshots.ts';

const dataDir = temporaryDataDir();
const { snapshots } = dataFiles(dataDir);
const FILES = 300;
let server: TestServer;
let api: Api;

const serveAgain = async (): Promise<void> => {
  server = await startServer({ dataDir });
  api = await signIn(server);
};
beforeAll(serveAgain);
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Enough that each step takes long enough to be struck. */
const PREPARE = `x <- 1:8e6 + 0.5; dir.create("many")
for (i in 1:${FILES}) writeLines(as.character(i), file.path("many", i))`;
const LOOK = `sum(x), length(list.files("many")), sum(as.numeric(sapply(list.files("many", full.names = TRUE), readLines)))`;

const unfinished = (): string[] => readdirSync(snapshots).filter((name) => name.startsWith('.'));
const stageFile = (name: string): boolean =>
  unfinished().some((dir) => existsSync(join(snapshots, dir, name)));

/** Where the making of a snapshot stands, by what is on the disk. */
const POINTS: Record<string, () => boolean> = {
  'it was asked for': () => unfinished().length > 0,
  'R has begun': () => stageFile('offer.taken'),
  'R writes the workspace': () => stageFile('workspace.RData'),
  'R copies files': () => stageFile('files'),
};
const VICTIMS = ['web', 'compute', 'both', 'R'] as const;

async function strike(victim: (typeof VICTIMS)[number], session: string): Promise<void> {
  if (victim === 'R') {
    const { hello } = (await api.ask('session', { params: { id: session } })).json<SessionInfo>();
    process.kill(hello?.pid ?? 0, 'SIGKILL');
    return;
  }
  const node = victim === 'web' ? undefined : server.computePid();
  if (victim !== 'compute') await server.endWebNode('SIGKILL');
  if (node !== undefined) {
    process.kill(node, 'SIGKILL');
    await processGone(node);
  }
  if (victim !== 'compute') await serveAgain();
}

const listed = async (): Promise<SnapshotInfo[]> => (await api.ask('listSnapshots')).json<SnapshotInfo[]>();

/** What is listed is whole: it loads, and its zip has the size that was said. */
async function expectWhole({ id, contentSize }: SnapshotInfo, expected: string): Promise<void> {
  const zip = await api.ask('getSnapshotContent', { params: { id } });
  expect(zip.bytes.length).toBe(contentSize);
  const into = await newSession(api, { snapshotId: id });
  expect(await valueIn(api, into, LOOK)).toBe(expected);
  await api.ask('closeSessionByForce', { params: { id: into } });
  await api.ask('deleteSnapshot', { params: { id } });
}

describe.each(Object.entries(POINTS))('a kill when %s', (_point, isThere) => {
  it.each(VICTIMS)('of %s leaves no snapshot or a whole one', async (victim) => {
    const id = await newSession(api);
    await runIn(api, id, PREPARE);
    const expected = await valueIn(api, id, LOOK);
    const reply: Promise<Answer | undefined> = api
      .ask('createSnapshot', { params: { id }, body: {} })
      .catch(() => undefined);
    let answer: Answer | undefined | 'none' = 'none';
    void reply.then((a) => (answer = a));
    while (!isThere() && answer === 'none') await new Promise((resolve) => setImmediate(resolve));
    await strike(victim, id);
    const said = await reply;
    const all = await listed();
    if (said?.status === 201) expect(all.length).toBe(1);
    for (const snapshot of all) await expectWhole(snapshot, expected);
    if (victim === 'web' || victim === 'both' || said !== undefined) await expectNothingLeft();
    if (victim !== 'R') {
      // The session is as it was, and so is what can be done with it.
      expect(await valueIn(api, id, LOOK)).toBe(expected);
      const { snapshotId } = await makeSnapshot(api, id);
      await api.ask('deleteSnapshot', { params: { id: snapshotId } });
      await api.ask('closeSessionByForce', { params: { id } });
    }
    expect(await listed()).toEqual([]);
  });
});

/** A start of the server removes it, also what R, which went on alone, was still writing then. */
async function expectNothingLeft(): Promise<void> {
  if (unfinished().length > 0) {
    await server.endWebNode('SIGTERM');
    await serveAgain();
  }
  expect(unfinished()).toEqual([]);
}
