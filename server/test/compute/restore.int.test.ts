import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gone, startNode, type TestNode } from './node.ts';
import { StreamReader } from './reader.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.dispose());

const dirOf = (id: string): string => join(node.dataDir, 'sessions', id);

async function run(id: string, code: string): Promise<string> {
  const reader = await StreamReader.attach(node.client, id);
  await reader.until(({ type }) => type === 'P');
  const text = await reader.run(code);
  reader.stream.destroy();
  return text;
}

/** All that a session has shown. */
async function shown(id: string): Promise<string> {
  const reader = await StreamReader.attach(node.client, id);
  await reader.until(({ type }) => 'PQ'.includes(type));
  reader.stream.destroy();
  return reader.text;
}

/** A session with a working directory inside its own, as those without a project folder have it. */
const create = (id: string, more: { restore?: string; workdir?: string; checkpointMinutes?: number } = {}) =>
  node.client.create({ id, name: id, owner: 'tester', workdir: join(dirOf(id), 'work'), ...more });

async function killNode(): Promise<void> {
  const served = node.pid();
  process.kill(served, 'SIGKILL');
  await gone(served);
}

describe('a session from an ended one', () => {
  it.each([0, 1])('has its objects, and its place; spares: %i', async (spares) => {
    await node.client.configure({ spares });
    while ((await node.client.health()).spares < spares) await new Promise((done) => setTimeout(done, 20));
    const [first, second] = [`first${spares}`, `second${spares}`];
    const { workdir } = await create(first);
    await run(first, 'x <- 1:10; f <- function(n) n + 1; writeLines("kept", "file.txt"); .h <- 1');
    await expect(create('early', { restore: first, workdir })).rejects.toMatchObject({
      code: 'sessionNotEnded',
    });
    const ended = await node.client.end(first, { graceMs: 10_000, saveWorkspace: true });
    expect(ended.workspaceSaved).toBeGreaterThan(ended.created);
    await create(second, { restore: first, workdir });
    expect(await shown(second)).toMatch(
      /^Restored 3 objects saved at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d: .*\bx\b/,
    );
    expect(await run(second, 'cat(f(sum(x)), .h, readLines("file.txt"), exists(".Random.seed"))')).toBe(
      '56 1 kept FALSE',
    );
    await node.client.remove(first);
    expect(existsSync(join(workdir, 'file.txt'))).toBe(true);
    expect(existsSync(join(dirOf(first), 'journal'))).toBe(false);
    await killNode();
    expect((await node.client.list()).map(({ id }) => id)).not.toContain(first);
    await node.client.end(second);
    await node.client.remove(second);
    expect([first, second].some((id) => existsSync(dirOf(id)))).toBe(false);
  });

  it('starts empty where nothing was saved, and says what could not be loaded', async () => {
    await create('unsaved');
    await node.client.end('unsaved');
    await create('empty', { restore: 'unsaved' });
    expect(await shown('empty')).toBe('');
    writeFileSync(join(dirOf('unsaved'), 'workspace.RData'), 'not a workspace');
    await create('damaged', { restore: 'unsaved' });
    expect(await shown('damaged')).toContain('could not be restored');
    expect(await run('damaged', '1 + 1')).toBe('[1] 2\n');
    await expect(create('none', { restore: 'nobody' })).rejects.toMatchObject({ code: 'noSuchSession' });
  });
});

describe('after a reboot', () => {
  it('the session is over and says why, its journal is there, and it can be gone on with', async () => {
    const { workdir } = await create('rebooted', { checkpointMinutes: 0.001 });
    await run('rebooted', 'y <- "from before"; cat("before\\n")');
    while ((await node.client.get('rebooted')).workspaceSaved === undefined)
      await new Promise((done) => setTimeout(done, 20));
    const pid = (await node.client.get('rebooted')).hello?.pid ?? 0;
    await killNode();
    const file = join(dirOf('rebooted'), 'session.json');
    const meta = JSON.parse(readFileSync(file, 'utf8'));
    meta.process.bootId = meta.parent.bootId = 'another';
    writeFileSync(file, JSON.stringify(meta));
    expect((await node.client.get('rebooted')).state).toEqual({
      state: 'ended',
      final: { cause: 'reboot', message: 'The machine was restarted.' },
    });
    const reader = await StreamReader.attach(node.client, 'rebooted');
    await reader.closed;
    expect(reader.text).toContain('before\n');
    expect(reader.records.at(-1)?.type).toBe('Q');
    await create('again', { restore: 'rebooted', workdir });
    expect(await run('again', 'cat(y)')).toBe('from before');
    // The machine was not really restarted: what runs in spite of the mark ends by itself.
    await gone(pid);
  });
});

describe('checkpoints', () => {
  it('are made when something ran, and only then', async () => {
    await create('checked', { checkpointMinutes: 0.002 });
    const saved = async (): Promise<number> => (await node.client.get('checked')).workspaceSaved ?? 0;
    await run('checked', 'z <- 1');
    while ((await saved()) === 0) await new Promise((done) => setTimeout(done, 20));
    const first = await saved();
    await run('checked', 'z <- 2');
    while ((await saved()) === first) await new Promise((done) => setTimeout(done, 20));
    const [second, head] = [await saved(), (await node.client.get('checked')).head];
    // Some intervals of the other session's timer pass; nothing ran here.
    await new Promise((done) => setTimeout(done, 500));
    expect(await saved()).toBe(second);
    expect((await node.client.get('checked')).head).toBe(head);
  });
});
