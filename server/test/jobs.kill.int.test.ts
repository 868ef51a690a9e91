import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobInfo } from '@farside/protocol';
import { computeFiles } from '../src/compute/files.ts';
import { signIn, type Api } from './support/api.ts';
import { jobOf, jobOver, startJob, untilJob, untilTrue } from './support/jobs.ts';
import { processGone, startServer, temporaryDataDir, type TestServer } from './support/server.ts';

const LINES = 40;
const LONG = Boolean(process.env['FARSIDE_LONG']);
/** Kills at moments spread over the start, besides those at the points below. */
const SWEEP = LONG ? 60 : 3;
/** A job has begun to print within this, so that kills fall on all parts of its start. */
const START_MS = 500;
const outside = mkdtempSync(join(tmpdir(), 'farside-jobs-'));
const dataDir = temporaryDataDir();
let server: TestServer;
let api: Api;
let files = 0;

const serveAgain = async (): Promise<void> => {
  server = await startServer({ dataDir });
  api = await signIn(server);
};
beforeAll(serveAgain);
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
  rmSync(outside, { recursive: true, force: true });
});

/** Counts its own runs in a file nobody else writes, and prints lines slowly enough to be killed in between. */
const SCRIPT = `own <- commandArgs(TRUE)
cat("begin\\n", file = own, append = TRUE)
for (i in 1:${LINES}) { cat("line", i, "\\n"); Sys.sleep(0.01) }
cat("end\\n", file = own, append = TRUE)
`;
const OUTPUT = Array.from({ length: LINES }, (_, i) => `line ${i + 1} \n`).join('');
const ownFile = (): string => join(outside, String(++files));
const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const runsIn = textOf;

const VICTIMS = ['both', 'web', 'compute'] as const;
type Victim = (typeof VICTIMS)[number];

/** SIGKILL, and a new web node where that was killed; it starts the compute node again. */
async function strike(victim: Victim): Promise<void> {
  const node = victim === 'web' ? undefined : server.computePid();
  if (victim !== 'compute') await server.endWebNode('SIGKILL');
  if (node !== undefined) {
    process.kill(node, 'SIGKILL');
    await processGone(node);
  }
  if (victim !== 'compute') await serveAgain();
}

const sessionFile = ({ session }: JobInfo, ...path: string[]): string =>
  join(computeFiles(dataDir).sessions, session, ...path);

async function printed(job: JobInfo): Promise<string> {
  const { text } = await api.ask('sessionJournal', { params: { id: job.session } });
  return text.match(/^line \d+ \n/gm)?.join('') ?? '';
}

async function expectOnce(id: string, own: string): Promise<void> {
  const job = await jobOver(api, id);
  expect(job).toMatchObject({ state: 'succeeded' });
  expect(runsIn(own)).toBe('begin\nend\n');
  expect(await printed(job)).toBe(OUTPUT);
}

/** Where a job stands when the blow falls, by what is on the disk: the server's answer comes later. */
const POINTS: Record<string, (own: string, seen: { sessions: number }) => boolean> = {
  'its script is stored': () => true,
  'its session is made': (_own, { sessions }) => sessionDirs().length > sessions,
  'R has its settings': () => existsSync(join(sessionDirs().at(-1) ?? '', 'tempdir')),
  'R can be reached': () => existsSync(join(sessionDirs().at(-1) ?? '', 'ctl.sock')),
  'R knows of it': () => existsSync(join(sessionDirs().at(-1) ?? '', 'job.json')),
  'it prints': (own) => runsIn(own) !== '',
};
/** The newest last. */
function sessionDirs(): string[] {
  const { sessions } = computeFiles(dataDir);
  const names = existsSync(sessions) ? readdirSync(sessions).filter((name) => !name.startsWith('.')) : [];
  const made = (name: string): number =>
    statSync(join(sessions, name), { throwIfNoEntry: false })?.birthtimeMs ?? 0;
  return names.toSorted((x, y) => made(x) - made(y)).map((name) => join(sessions, name));
}
const scripts = (): string[] => readdirSync(join(dataDir, 'jobs')).filter((name) => /^[^.]+\.R$/.test(name));

/** In a short run every point is struck once, and each victim at two of them. */
const pointsOf = (victim: Victim): string[] =>
  Object.keys(POINTS).filter((_point, at) => LONG || VICTIMS[at % VICTIMS.length] === victim);

describe.each(VICTIMS)('a job whose %s is killed', (victim) => {
  it.each(pointsOf(victim))('when %s runs once, to its end', async (point) => {
    const own = ownFile();
    const before = new Set(scripts());
    const sessions = sessionDirs().length;
    const asked = startJob(api, SCRIPT, { args: [own] }).catch(() => undefined);
    const stored = (): string | undefined => scripts().find((name) => !before.has(name));
    await untilTrue(() => stored() !== undefined);
    await untilTrue(() => sessionDirs().length > sessions || point === 'its script is stored');
    await untilTrue(() => POINTS[point]?.(own, { sessions }) ?? false);
    await strike(victim);
    const id = stored()?.replace('.R', '') ?? '';
    const isTaken = (await asked) !== undefined || (await api.ask('job', { params: { id } })).status === 200;
    // Killed between the script and the row: nobody was told that there is a job, and there is none.
    if (isTaken) await expectOnce(id, own);
    else expect([point, runsIn(own)]).toEqual(['its script is stored', '']);
  });
});

it('runs once, or never when nobody was told that it was taken, whenever the kill comes', async () => {
  const known = new Map<string, string>();
  const unknown: string[] = [];
  for (let kill = 0; kill < SWEEP; kill++) {
    const own = ownFile();
    const asked = startJob(api, SCRIPT, { args: [own] }).catch(() => undefined);
    await delay((START_MS * kill) / SWEEP);
    await strike(VICTIMS[kill % VICTIMS.length] ?? 'both');
    const job = await asked;
    if (job) known.set(job.id, own);
    else unknown.push(own);
  }
  for (const [id, own] of known) await expectOnce(id, own);
  const jobs = JobInfo.array().parse((await api.ask('jobs')).json());
  await Promise.all(jobs.map(({ id }) => jobOver(api, id)));
  for (const own of unknown) expect(['', 'begin\nend\n']).toContain(runsIn(own));
});

it('that ended while no server was there is known, with its output', async () => {
  const own = ownFile();
  const job = await startJob(api, SCRIPT, { args: [own] });
  await untilTrue(() => runsIn(own) !== '');
  const node = server.computePid();
  await server.endWebNode('SIGKILL');
  process.kill(node, 'SIGKILL');
  await untilTrue(() => runsIn(own).endsWith('end\n'));
  await serveAgain();
  await expectOnce(job.id, own);
});

it('whose R is killed is lost, says so, and what it printed stays', async () => {
  const own = ownFile();
  const job = await startJob(api, `cat("line 1 \\n"); cat("x", file = commandArgs(TRUE)); Sys.sleep(1000)`, {
    args: [own],
  });
  await untilTrue(() => runsIn(own) !== '');
  const { process: worker } = JSON.parse(readFileSync(sessionFile(job, 'session.json'), 'utf8'));
  process.kill(worker.pid, 'SIGKILL');
  const lost = await jobOver(api, job.id);
  expect(lost).toMatchObject({ state: 'lost', message: expect.stringContaining('killed') });
  expect(await printed(lost)).toBe('line 1 \n');
});

it('under way when the machine was restarted is lost, and stays readable', async () => {
  const own = ownFile();
  const job = await startJob(api, `cat("line 1 \\n"); cat("x", file = commandArgs(TRUE)); Sys.sleep(1000)`, {
    args: [own],
  });
  await untilTrue(() => runsIn(own) !== '');
  const meta = sessionFile(job, 'session.json');
  const node = server.computePid();
  await server.endWebNode('SIGKILL');
  process.kill(node, 'SIGKILL');
  await processGone(node);
  const { process: worker, parent, ...rest } = JSON.parse(readFileSync(meta, 'utf8'));
  process.kill(worker.pid, 'SIGKILL');
  await processGone(worker.pid);
  const old = (id: object | undefined) => id && { ...id, bootId: 'an earlier boot' };
  writeFileSync(meta, JSON.stringify({ ...rest, process: old(worker), parent: old(parent) }));
  await serveAgain();
  const lost = await jobOver(api, job.id);
  expect(lost).toMatchObject({ state: 'lost', message: expect.stringContaining('restarted') });
  expect(await printed(lost)).toBe('line 1 \n');
});

it('cancelled just before everything is killed is cancelled after the restart', async () => {
  const own = ownFile();
  const stubborn = `cat("x", file = commandArgs(TRUE)); repeat tryCatch(Sys.sleep(1000), interrupt = identity)`;
  const job = await startJob(api, stubborn, { args: [own] });
  await untilTrue(() => runsIn(own) !== '');
  const asked = api.ask('cancelJob', { params: { id: job.id } }).catch(() => undefined);
  await untilJob(api, job.id, ({ state }) => state === 'running');
  await strike('both');
  const answer = await asked;
  if (!answer) await api.ask('cancelJob', { params: { id: job.id } });
  expect(await jobOver(api, job.id)).toMatchObject({ state: 'cancelled' });
});

it('leaves no worker behind', async () => {
  const jobs = JobInfo.array().parse((await api.ask('jobs')).json());
  for (const { id } of jobs) {
    const job = await jobOf(api, id);
    expect((await api.ask('removeJob', { params: { id } })).status).toBe(200);
    expect(existsSync(sessionFile(job))).toBe(false);
  }
  expect((await api.ask('jobs')).json()).toEqual([]);
  const left = sessionDirs().map((dir) => ({
    dir,
    holds: readdirSync(dir),
    meta: textOf(join(dir, 'session.json')),
  }));
  expect(left).toEqual([]);
});
