import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
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

async function restartNode(kill: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const served = node.pid();
  process.kill(served, kill);
  await gone(served);
  await node.client.health();
}

describe('records of sessions', () => {
  it('renames for good', async () => {
    const id = await node.session('renamed');
    expect((await node.client.rename(id, 'Überblick 2')).name).toBe('Überblick 2');
    await restartNode();
    expect((await node.client.get(id)).name).toBe('Überblick 2');
    await expect(node.client.rename('nobody', 'x')).rejects.toMatchObject({ code: 'noSuchSession' });
    await expect(node.client.rename(id, ' ')).rejects.toMatchObject({ code: 'badRequest' });
  });

  it('keeps what kind of session it is', async () => {
    await node.client.create({
      id: 'work1',
      name: 'n',
      owner: 'tester',
      workdir: join(node.dataDir, 'work', 'work1'),
      kind: 'job',
    });
    await restartNode();
    expect((await node.client.get('work1')).kind).toBe('job');
  });

  it('removes the record of an ended session, also under readers', async () => {
    const id = await node.session('removed');
    await expect(node.client.remove(id)).rejects.toMatchObject({ code: 'sessionNotEnded' });
    const reader = await StreamReader.attach(node.client, id);
    await reader.run('cat(strrep("x", 4e6))');
    reader.stream.destroy();
    await node.client.end(id);
    const stopped = await node.client.attach(id, 0);
    stopped.stream.pause();
    stopped.stream.on('error', () => {});
    const closed = new Promise((resolve) => stopped.stream.once('close', resolve));
    await node.client.remove(id);
    stopped.stream.resume();
    await closed;
    expect(existsSync(dirOf(id))).toBe(false);
    expect(existsSync(join(node.dataDir, 'work', id))).toBe(true);
    await expect(node.client.get(id)).rejects.toMatchObject({ code: 'noSuchSession' });
    await expect(node.client.remove(id)).rejects.toMatchObject({ code: 'noSuchSession' });
    expect((await node.client.list()).map((info) => info.id)).not.toContain(id);
  });

  it('finishes a removal under which the node was killed, and lives with rubbish', async () => {
    const root = join(node.dataDir, 'sessions');
    mkdirSync(join(root, '.removed-half', 'journal'), { recursive: true });
    mkdirSync(join(root, 'empty'));
    mkdirSync(join(root, 'broken'));
    writeFileSync(join(root, 'broken', 'session.json'), '{"id": "bro');
    writeFileSync(join(root, 'a file'), 'x');
    await restartNode();
    expect(readdirSync(root)).not.toContain('.removed-half');
    expect(readdirSync(root)).toContain('broken');
    const id = await node.session('beside');
    expect(JSON.parse(readFileSync(join(dirOf(id), 'session.json'), 'utf8'))).toMatchObject({ id });
  });
});
