import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { COMPUTE_PROTOCOL } from '../../src/compute/api.ts';
import { ComputeClient } from '../../src/compute/client.ts';
import { ensureCompute } from '../../src/compute/ensure.ts';
import { processGone, stopCompute, temporaryDataDir } from '../support/server.ts';
import { COMMAND } from './node.ts';
import { StreamReader } from './reader.ts';

const OTHER_VERSION = fileURLToPath(new URL('otherVersion.ts', import.meta.url));

it('a compute node of another version is replaced; its sessions go on, its spares do not', async () => {
  const dataDir = temporaryDataDir();
  const old = spawn(process.execPath, [OTHER_VERSION, dataDir, String(COMPUTE_PROTOCOL - 1)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(old, 'exit');
  await once(old.stdout, 'data');
  const before = new ComputeClient(dataDir);
  await before.configure({ spares: 1 });
  await before.create({ id: 'stays', name: 'stays', owner: 'tester', workdir: `${dataDir}/work` });
  const { hello } = await before.get('stays');
  const reader = await StreamReader.attach(before, 'stays');
  const told: string[] = [];
  const client = await ensureCompute(dataDir, { command: COMMAND, onProgress: (text) => told.push(text) });
  expect(await ended).toEqual([0, null]);
  await reader.closed;
  expect(told.join()).toContain('another version');
  const health = await client.health();
  expect(health).toMatchObject({ protocol: COMPUTE_PROTOCOL, sessions: 1, spares: 0 });
  const again = await StreamReader.attach(client, 'stays', reader.cursor);
  expect(await again.run('cat(Sys.getpid())')).toBe(String(hello?.pid));
  again.stream.destroy();
  before.close();
  client.close();
  await stopCompute(dataDir);
  await processGone(hello?.pid ?? 0);
});
