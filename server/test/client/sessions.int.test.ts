import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionInfo } from '@farside/protocol';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { isAlive, processGone, runFarside, startServer } from '../support/server.ts';
import { openSession, serverWithClient, signedIn } from './support.ts';

const at = serverWithClient();

const sessions = (...args: string[]) =>
  runFarside(['sessions', ...args], {
    env: {
      FARSIDE_URL: at.server.url,
      FARSIDE_USER: at.server.username,
      FARSIDE_PASSWORD: at.server.password,
      XDG_CONFIG_HOME: join(at.server.dataDir, 'no-config'),
    },
  });

test('sessions are listed, renamed, interrupted, ended, read and removed by short ids and names', async () => {
  const one = await openSession(at.client);
  const { session } = one.link;
  const short = session.slice(0, 8);
  expect(await sessions('rename', short, 'model fit')).toMatchObject({ status: 0, stderr: '' });
  one.link.input('cat("some output\\n"); Sys.sleep(1000)');
  await one.until(() => one.output.includes('some output'));

  const table = (await sessions('list')).stdout;
  expect(table).toMatch(/^ID +STATE +SINCE +NAME +R +MEMORY +ACTIVE\n/);
  expect(table).toMatch(new RegExp(`^${short} +busy +\\d+ s +model fit +\\d\\S* +\\d+(\\.\\d)? MB +20`, 'm'));
  const listed = z.array(SessionInfo).parse(JSON.parse((await sessions('list', '--json')).stdout));
  expect(listed.map(({ id }) => id)).toEqual([session]);

  const back = one.nextPrompt();
  expect((await sessions('interrupt', 'model fit', '--strong')).status).toBe(0);
  await back;

  expect((await sessions('remove', short)).stderr).toMatch(/still running/);
  expect((await sessions('end', short, '--save')).status).toBe(0);
  await one.status('ended');
  expect((await sessions('list')).stdout).toMatch(/ended \(asked\)/);

  const dir = mkdtempSync(join(tmpdir(), 'farside-journal-'));
  const out = join(dir, 'journal.txt');
  expect((await sessions('journal', short, '--out', out)).status).toBe(0);
  expect(readFileSync(out, 'utf8')).toContain('Sys.sleep(1000)\nsome output\n');
  expect((await sessions('journal', short)).stdout).toBe(readFileSync(out, 'utf8'));
  expect((await sessions('journal', short, '--out', join(dir, 'no', 'such'))).stderr).toMatch(
    /^farside: .*can not be written/,
  );
  rmSync(dir, { recursive: true });

  expect((await sessions('remove', short)).status).toBe(0);
  expect((await sessions('list')).stdout).toBe('There are no sessions.\n');
  expect((await sessions('end', short)).stderr).toMatch(/There is no session/);
});

test('end --all ends all of mine', async () => {
  await Promise.all([openSession(at.client), openSession(at.client)]);
  expect((await sessions('end', '--all')).stdout).toBe('2 sessions were ended.\n');
  const left = await at.client.call('sessions');
  expect(left.filter(({ state }) => state.state !== 'ended')).toEqual([]);
  expect((await sessions('end')).stderr).toMatch(/name one session, or say --all/);
});

test('end --all --data-dir needs neither web node nor compute node', async () => {
  const own = await startServer();
  const mine = await signedIn(own);
  const pids: number[] = [];
  const begin = async (): Promise<void> => {
    const { link } = await openSession(mine);
    const { hello } = await mine.call('session', { params: { id: link.session } });
    pids.push(hello?.pid ?? 0);
    link.close();
  };
  const endAll = (...args: string[]) =>
    runFarside(['sessions', 'end', '--all', '--data-dir', own.dataDir, ...args]);
  try {
    await begin();
    await begin();
    mine.dispose();
    await own.endWebNode();
    expect((await endAll()).stdout).toBe('2 sessions were ended.\n');
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect((await endAll()).stdout).toBe('0 sessions were ended.\n');
  } finally {
    await own.stop();
  }

  const other = await startServer();
  const theirs = await signedIn(other);
  try {
    const { link } = await openSession(theirs);
    const { hello } = await theirs.call('session', { params: { id: link.session } });
    theirs.dispose();
    await other.endWebNode();
    const compute = other.computePid();
    process.kill(compute, 'SIGKILL');
    await processGone(compute);
    expect(isAlive(hello?.pid ?? 0)).toBe(true);
    const ended = await runFarside(['sessions', 'end', '--all', '--data-dir', other.dataDir, '--force']);
    expect(ended.stdout).toBe('1 session was ended.\n');
    expect(isAlive(hello?.pid ?? 0)).toBe(false);
  } finally {
    await other.stop();
  }
});
