import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gone, startNode, type TestNode } from './node.ts';
import { StreamReader } from './reader.ts';

const MIB = 1024 * 1024;
let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.dispose());

const pidOf = async (id: string): Promise<number> => (await node.client.get(id)).hello?.pid ?? 0;

describe('sessions', () => {
  it('starts R where asked and shows the first prompt to whoever attaches', async () => {
    const id = await node.session('first', { columns: 66 });
    const info = await node.client.get(id);
    expect(info).toMatchObject({ owner: 'tester', state: { state: 'idle', prompt: 'top' }, head: 2 });
    expect(info.memory).toBeGreaterThan(10 * MIB);
    const reader = await StreamReader.attach(node.client, id);
    expect(await reader.run('c(getwd(), getOption("width"))')).toContain(`${info.workdir}"`);
    expect(await reader.run('cat(getOption("width"), nchar(Sys.getenv("FARSIDE_SESSION_DIR")))')).toBe(
      '66 0',
    );
    await node.client.end(id);
    await reader.closed;
    expect(reader.records.at(-1)?.type).toBe('Q');
  });

  it('serves an ended session from its files, and then closes', async () => {
    const id = await node.session('ended');
    await node.client.end(id);
    const reader = await StreamReader.attach(node.client, id);
    await reader.closed;
    expect(reader.head).toBe(reader.cursor);
    expect(reader.records.at(-1)?.type).toBe('Q');
    await expect(node.client.call(id, '1', 1000)).rejects.toMatchObject({ code: 'sessionEnded' });
    await expect(node.client.interrupt(id)).rejects.toMatchObject({ code: 'sessionEnded' });
  });

  it('answers calls out of band, streams long answers, and passes errors on', async () => {
    const id = await node.session('calls');
    expect(await node.client.callText(id, '6 * 7', 5000)).toBe('42');
    await expect(node.client.callText(id, 'stop("told you")', 5000)).rejects.toThrow('told you');
    expect(await node.client.callText(id, 'strrep("é", 2e6)', 20_000)).toHaveLength(2_000_000);
    const reader = await StreamReader.attach(node.client, id);
    const before = reader.records.length;
    reader.send('repeat Sys.sleep(0.01)\n');
    await reader.until(({ type }) => type === 'I', before);
    expect((await node.client.get(id)).state.state).toBe('busy');
    await expect(node.client.callText(id, '1', 50)).rejects.toMatchObject({ code: 'sessionBusy' });
    await node.client.interrupt(id);
    await reader.until(({ type, flag }) => type === 'E' && flag === 'i'.charCodeAt(0));
    reader.stream.destroy();
  });

  it('says when R dies of a call', async () => {
    const id = await node.session('mortal');
    await expect(node.client.callText(id, 'tools::pskill(Sys.getpid(), 9)', 5000)).rejects.toMatchObject({
      code: 'callFailed',
    });
    const reader = await StreamReader.attach(node.client, id);
    await reader.closed;
    expect((await node.client.get(id)).state).toMatchObject({ state: 'ended', final: { cause: 'killed' } });
  });

  it('reports a worker that was killed, keeps its last words, and hurts no other', async () => {
    const [victim, other] = [await node.session('victim'), await node.session('other')];
    const reader = await StreamReader.attach(node.client, victim);
    const before = reader.records.length;
    reader.send('cat("last words"); tools::pskill(Sys.getpid(), 9)\n');
    await reader.until(({ type }) => type === 'Q', before);
    await reader.closed;
    expect(reader.text).toBe('last words');
    expect((await node.client.get(victim)).state).toMatchObject({
      state: 'ended',
      final: { cause: 'killed', signal: 'SIGKILL' },
    });
    const still = await StreamReader.attach(node.client, other);
    expect(await still.run('1 + 1')).toBe('[1] 2\n');
    still.stream.destroy();
  });

  it('applies a memory limit: the allocation fails, the session lives', async () => {
    const memoryLimit = 1024 * MIB;
    const id = await node.session('limited', { memoryLimit });
    expect((await node.client.get(id)).hello?.limits).toEqual({ memory: memoryLimit });
    const reader = await StreamReader.attach(node.client, id);
    expect(await reader.run('x <- numeric(4e8)')).toContain('cannot allocate');
    expect(await reader.run('1 + 1')).toBe('[1] 2\n');
    reader.stream.destroy();
  });

  it('refuses a limit under which R can not start', async () => {
    await expect(node.session('tiny', { memoryLimit: 20 * MIB })).rejects.toMatchObject({
      code: 'sessionStartFailed',
    });
    expect((await node.client.get('tiny')).state).toMatchObject({
      state: 'ended',
      final: { cause: 'startup' },
    });
  });

  it('ends by force what does not end by itself', async () => {
    const id = await node.session('stubborn');
    const reader = await StreamReader.attach(node.client, id);
    reader.send('repeat tryCatch(Sys.sleep(100), interrupt = function(i) cat("no\\n"))\n');
    await reader.until(({ type }) => type === 'I');
    const pid = await pidOf(id);
    expect((await node.client.end(id, { force: true })).state).toMatchObject({ state: 'ended' });
    await gone(pid);
    await reader.closed;
  });

  it('refuses what makes no sense', async () => {
    await expect(node.client.get('nobody')).rejects.toMatchObject({ code: 'noSuchSession' });
    await expect(node.client.attach('nobody', 0)).rejects.toMatchObject({ code: 'noSuchSession' });
    await expect(node.session('../escape')).rejects.toMatchObject({ code: 'badRequest' });
    await node.session('twice');
    await expect(node.session('twice')).rejects.toMatchObject({ code: 'badRequest' });
    const reader = await StreamReader.attach(node.client, 'twice');
    const crowd = await Promise.allSettled(
      Array.from({ length: 30 }, () => StreamReader.attach(node.client, 'twice')),
    );
    const refused = crowd.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(7);
    expect(refused[0]?.reason).toMatchObject({ code: 'badRequest' });
    expect(await reader.run('1 + 1')).toContain('2');
    for (const one of crowd) if (one.status === 'fulfilled') one.value.stream.destroy();
    reader.stream.write(Buffer.from('this is no frame'));
    await reader.closed;
    await expect(node.client.attach('twice', 999)).rejects.toMatchObject({ code: 'badRequest' });
    expect((await node.client.get('twice')).state.state).toBe('idle');
  });
});
