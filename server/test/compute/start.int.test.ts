import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { ensureCompute } from '../../src/compute/ensure.ts';
import { runCompute } from '../../src/compute/main.ts';
import { workerLibrary } from '../../src/runtime/buildPackage.ts';
import { findR } from '../../src/runtime/findR.ts';
import { productRoot } from '../../src/runtime/productRoot.ts';
import { AS_NOBODY } from '../support/server.ts';
import { COMMAND, startNode, temporaryDir } from './node.ts';
import { StreamReader } from './reader.ts';

/** PATH with everything of /usr/bin but what compiles. */
function pathWithoutCompiler(): string {
  const bin = temporaryDir();
  const tools = readdirSync('/usr/bin').filter((name) => !/gcc|g\+\+|cc$|^c[89]9|clang|make/.test(name));
  for (const name of tools) symlinkSync(join('/usr/bin', name), join(bin, name));
  return bin;
}

it('serves a data directory whose path is longer than a socket’s may be', async () => {
  const node = await startNode(temporaryDir(`${'long-'.repeat(30)}name`));
  const reader = await StreamReader.attach(node.client, await node.session('deep'));
  expect(await reader.run('1 + 1')).toBe('[1] 2\n');
  reader.stream.destroy();
  await node.dispose();
});

it('is one for a data directory: the second starter finds the first’s', async () => {
  const dataDir = temporaryDir();
  const [one, two] = await Promise.all([startNode(dataDir), ensureCompute(dataDir, { command: COMMAND })]);
  expect((await two.health()).pid).toBe(one.pid());
  await expect(runCompute({ dataDir, log: pino({ level: 'silent' }) })).rejects.toMatchObject({
    code: 'dataDirServed',
    details: { pid: one.pid() },
  });
  two.close();
  await one.dispose();
});

it('says that there is no R', async () => {
  const options = { command: COMMAND, r: '/nonexistent/R' };
  await expect(ensureCompute(temporaryDir(), options)).rejects.toMatchObject({ code: 'rNotFound' });
});

it.runIf(process.getuid?.() === 0)('says that another user’s data directory is not writable', async () => {
  const command = [...AS_NOBODY, ...COMMAND];
  await expect(ensureCompute(temporaryDir(), { command })).rejects.toMatchObject({
    code: 'dataDirNotWritable',
  });
});

it('says that there is no compiler', async () => {
  const env = { ...process.env, PATH: pathWithoutCompiler() };
  const built = workerLibrary(await findR(), { libraries: temporaryDir(), env });
  await expect(built).rejects.toMatchObject({ code: 'noCompiler' });
});

it('names the log of a build that failed', async () => {
  const sources = join(temporaryDir(), 'farside');
  mkdirSync(sources);
  for (const part of ['DESCRIPTION', 'NAMESPACE', 'R']) {
    cpSync(join(productRoot(), 'r', 'farside', part), join(sources, part), { recursive: true });
  }
  writeFileSync(join(sources, 'R', 'broken.R'), 'f <- function( {\n');
  const failed = await workerLibrary(await findR(), { libraries: temporaryDir(), sources }).catch((e) => e);
  expect(failed).toMatchObject({ code: 'buildFailed' });
  expect(readFileSync(failed.details.log, 'utf8')).toContain('broken.R');
});

it('builds once for two who ask at the same time', async () => {
  const r = await findR();
  const libraries = temporaryDir();
  const told: string[] = [];
  const options = { libraries, onProgress: (text: string) => told.push(text) };
  const [a, b] = await Promise.all([workerLibrary(r, options), workerLibrary(r, options)]);
  expect(a).toBe(b);
  expect(told).toHaveLength(1);
});
