import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HelpHit, HelpPage, VignetteInfo, VignettePage } from '@farside/protocol';
import { SessionLink } from '@farside/client';
import { signedIn, Listener } from './client/support.ts';
import { newSession, signIn, type Answer, type Api } from './support/api.ts';
import { startServer, type TestServer } from './support/server.ts';

const DEMO = join(import.meta.dirname, '../../r/farside/tests/worker/demoPackage.R');

let server: TestServer;
let api: Api;
let session: string;

const help = (query: Record<string, string>): Promise<Answer> => api.ask('help', { query });

/** Runs a line in the session through REST. */
async function run(code: string): Promise<string> {
  const answer = await api.ask('executeCode', { params: { id: session }, body: { code } });
  return answer.json<{ consoleOutput: string }>().consoleOutput;
}

beforeAll(async () => {
  server = await startServer();
  api = await signIn(server);
  session = await newSession(api);
  const library = join(server.dataDir, 'personal');
  execFileSync('Rscript', ['--vanilla', DEMO, library]);
  await run(`.libPaths(${JSON.stringify(library)})`);
});
afterAll(() => server.stop());

test('a page as text and as HTML', async () => {
  const text = (await help({ topic: 'lm' })).json<HelpPage>();
  expect(text).toMatchObject({
    package: 'stats',
    page: 'lm',
    title: 'Fitting Linear Models',
    format: 'text',
  });
  expect(text.content).toContain('Usage:');
  const html = (await help({ topic: 'lm', package: 'stats', format: 'html' })).json<HelpPage>();
  expect(html.content).toContain('href="../../stats/help/glm"');
});

test('packages of the session are found by its library paths, and only then', async () => {
  expect((await help({ topic: 'shiny_thing' })).status).toBe(404);
  const page = (await help({ topic: 'other_name', session })).json<HelpPage>();
  expect(page).toMatchObject({ package: 'farsidedemo', page: 'shiny_thing', title: 'A Shiny Thing' });
  const index = (await help({ package: 'farsidedemo', session })).json<HelpPage>();
  expect(index.others.map((one) => one.page)).toEqual(['plain_thing', 'shiny_thing']);
});

test('a topic of several packages names them all', async () => {
  const page = (await help({ topic: 'filter', session })).json<HelpPage>();
  expect(page.package).toBe('stats');
});

test('search, and vignettes', async () => {
  const hits = (await api.ask('searchHelp', { query: { q: 'shiny thing', session } })).json<HelpHit[]>();
  expect(hits).toContainEqual({
    type: 'help',
    package: 'farsidedemo',
    topic: 'shiny_thing',
    title: 'A Shiny Thing',
  });
  const query = { session, package: 'farsidedemo' };
  const all = (await api.ask('vignettes', { query })).json<VignetteInfo[]>();
  expect(all).toEqual([{ package: 'farsidedemo', name: 'intro', title: 'How it Shines', document: 'html' }]);
  const params = { package: 'farsidedemo', name: 'intro' };
  const page = (
    await api.ask('vignette', { params, query: { session, format: 'html' } })
  ).json<VignettePage>();
  expect(page).toMatchObject({ format: 'html', title: 'How it Shines' });
  expect(page.content).toContain('<em>shines</em>');
  const text = (await api.ask('vignette', { params, query: { session } })).json<VignettePage>();
  expect(text.content).toContain('*shines*');
});

test('what is not there is named, what is no name is refused', async () => {
  const missing = await help({ topic: 'nosuchtopic', session });
  expect([missing.status, missing.text]).toEqual([404, expect.stringContaining('help on \\"nosuchtopic\\"')]);
  expect((await help({ package: '../../etc' })).status).toBe(400);
  expect((await help({ topic: 'lm', session: 'another' })).status).toBe(404);
  const params = { package: 'farsidedemo', name: '../../DESCRIPTION' };
  expect((await api.ask('vignette', { params, query: { session } })).status).toBe(404);
  expect((await help({ topic: 'a\tb\nc', session })).status).toBe(404);
});

test('help is there while the session is busy; a table of View() is a document; q() ends it', async () => {
  const client = await signedIn(server);
  const heard = new Listener(new SessionLink({ client, session }));
  heard.link.open();
  await heard.status('live');
  heard.link.input('View(mtcars); cat("busy\\n"); Sys.sleep(600)');
  await heard.until(() => heard.output.includes('busy'));
  expect((await help({ topic: 'plain_thing', session })).json<HelpPage>().title).toBe('A Plain Thing');
  const params = { id: session, document: '1' };
  expect((await api.ask('sessionDocument', { params })).text).toContain('Volvo 142E');
  const none = await api.ask('sessionDocument', { params: { id: session, document: '..%2F1' } });
  expect(none.status).toBe(404);
  const console_ = await api.ask('console', { params: { id: session }, query: { after: '0', waitMs: '0' } });
  expect(console_.text).toMatch(/"kind":"view","title":"mtcars".*"type":"show"/);
  const back = heard.nextPrompt();
  heard.link.interrupt();
  await back;
  heard.link.close();
  client.dispose();
});

test('code that asks gets the answers of an R that nobody attends; q() just ends the session', async () => {
  const answers = await run(
    'x <- readline("? "); m <- menu(c("a", "b")); browser(); cat("got", nchar(x), m)',
  );
  expect(answers).toContain('got 0 0');
  expect(await run('tryCatch(file.choose(), error = function(e) cat("no file"))')).toContain('no file');
  expect(await run('View(cars)')).toContain('cars: 50 rows, 2 columns');
  const end = await api.ask('executeCode', { params: { id: session }, body: { code: 'q()' } });
  expect(end.text).toContain('sessionEnded');
});
