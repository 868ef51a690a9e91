import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findR } from '../../src/runtime/findR.ts';
import { run } from '../../src/runtime/run.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { comparable, runLocally, runRemotely } from './byteEquality.ts';

const OWN = join(import.meta.dirname, 'scripts');
/** Packages whose examples need neither a clock nor the default device's size. */
const PACKAGES = [
  'MASS',
  'boot',
  'class',
  'KernSmooth',
  'nnet',
  'survival',
  'lattice',
  'nlme',
  'rpart',
  'codetools',
];
/** Topics of each package: the whole of them takes minutes. */
const TOPICS = process.env['FARSIDE_LONG'] ? 1000 : 6;
const DEMOS = ['base', 'stats', 'graphics'];

const made = mkdtempSync(join(tmpdir(), 'farside-examples-'));
let server: TestServer;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  server = await startServer();
  env = { FARSIDE_URL: server.url, FARSIDE_USER: server.username, FARSIDE_PASSWORD: server.password };
});
afterAll(async () => {
  await server.stop();
  rmSync(made, { recursive: true, force: true });
});

async function same(script: string): Promise<void> {
  const [local, remote] = [await runLocally(script), await runRemotely(script, env)];
  expect(comparable(remote.output)).toBe(comparable(local.output));
  expect(remote.status).toBe(local.status);
}

/** A copy that begins with a seed. */
function seeded(name: string, text: string): string {
  const path = join(made, name);
  writeFileSync(path, `set.seed(1)\n${text}`);
  return path;
}

const own = readdirSync(OWN).filter((name) => name.endsWith('.R'));
test.each(own)('%s gives what R gives', (name) => same(join(OWN, name)));

const { home } = await findR();
const demos = DEMOS.flatMap((name) => {
  const folder = join(home, 'library', name, 'demo');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.R'))
    .map((file) => join(folder, file));
});
test.each(demos)('the demo %s gives what R gives', (path) =>
  same(seeded(path.replaceAll('/', '-'), readFileSync(path, 'utf8'))),
);

test.each(PACKAGES)('the examples of %s give what R gives', async (name) => {
  const code = `db <- tools::Rd_db("${name}")
    for (topic in head(names(db), ${TOPICS})) tools::Rd2ex(db[[topic]], stdout(), commentDontrun = TRUE)`;
  const { stdout, status } = await run('Rscript', ['-e', code]);
  expect(status).toBe(0);
  await same(seeded(`${name}.R`, stdout));
});
