import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FarsideClient, SessionLink, memoryTokenStore } from '@farside/client';
import { PlotPage, PromptKind, RecordType, fromUtf8, type JournalRecord } from '@farside/protocol';
import { newSession, signIn, type Api } from './support/api.ts';
import { startServer, type TestServer } from './support/server.ts';

const SIZE = { width: '300', height: '200' };
const PNG_MAGIC = '89504e47';

let server: TestServer;
let api: Api;
let client: FarsideClient;
let id: string;
let console_: Console;

/** A client attached to a session: what it heard, and waiting for more. */
class Console {
  readonly link: SessionLink;
  readonly records: JournalRecord[] = [];
  #wake = new Set<() => void>();

  constructor(session: string, cursor = 0) {
    this.link = new SessionLink({ client, session, cursor });
    this.link.onRecord((record) => {
      this.records.push({ ...record, payload: record.payload.slice() });
      for (const wake of this.#wake) wake();
    });
    this.link.open();
  }

  async until(there: (record: JournalRecord) => boolean, from = 0): Promise<JournalRecord> {
    for (;;) {
      const found = this.records.slice(from).find(there);
      if (found) return found;
      await new Promise<void>((resolve) => this.#wake.add(resolve));
    }
  }

  /** Types lines and waits for the prompt after them. */
  async type(text: string, kind: string = PromptKind.top): Promise<void> {
    const from = this.records.length;
    const last = text.split('\n').at(-1) ?? '';
    this.link.input(text);
    const read = await this.until(
      (r) => r.type === RecordType.consumed && fromUtf8(r.payload).includes(last),
      from,
    );
    const at = this.records.indexOf(read);
    await this.until((r) => r.type === RecordType.prompt && String.fromCharCode(r.flag) === kind, at);
  }

  get plots(): PlotPage[] {
    return this.records
      .filter((r) => r.type === RecordType.plot)
      .map((r) => PlotPage.parse(JSON.parse(fromUtf8(r.payload))));
  }

  get text(): string {
    return this.records
      .filter((r) => r.type === RecordType.stdout || r.type === RecordType.stderr)
      .map((r) => fromUtf8(r.payload))
      .join('');
  }
}

beforeAll(async () => {
  server = await startServer();
  api = await signIn(server);
  client = new FarsideClient({ url: server.url, tokens: memoryTokenStore() });
  await client.signIn(server.username, server.password);
  id = await newSession(api, { name: 'plots' });
  console_ = new Console(id);
  await console_.until((r) => r.type === RecordType.prompt);
});
afterAll(async () => {
  console_?.link.close();
  client?.dispose();
  await server?.stop();
});

const list = async (): Promise<PlotPage[]> => (await api.ask('plots', { params: { id } })).json<PlotPage[]>();
const draw = (page: number, format: string) =>
  api.ask('plot', { params: { id, page }, query: { format, ...SIZE } });

test('a plot is announced before the prompt and drawn in every format', async () => {
  await console_.type('plot(cars)');
  expect(console_.plots).toMatchObject([{ page: 1, revision: 1 }]);
  const types = console_.records.map((r) => r.type);
  expect(types.lastIndexOf(RecordType.plot)).toBeLessThan(types.lastIndexOf(RecordType.prompt));
  expect(await list()).toEqual(console_.plots);
  const png = await draw(1, 'png');
  expect([png.status, png.headers.get('content-type')]).toEqual([200, 'image/png']);
  expect(Buffer.from(png.bytes).toString('hex', 0, 4)).toBe(PNG_MAGIC);
  expect((await draw(1, 'svg')).text).toContain('<svg');
  expect((await draw(1, 'pdf')).headers.get('content-type')).toBe('application/pdf');
});

test('plotting leaves no trace: value, seed, warnings, console, files', async () => {
  await console_.type('set.seed(1); .seed <- .Random.seed; 42');
  const before = console_.text.length;
  await console_.type('plot(1)');
  expect(console_.text.slice(before)).toBe('');
  await console_.type(
    'cat("same:", identical(.seed, .Random.seed), is.null(.Last.value), length(warnings()), length(dir()), "\\n")',
  );
  expect(console_.text.slice(before)).toBe('same: TRUE TRUE 0 0 \n');
});

test('before "Hit <Return>" the page to look at is there', async () => {
  const known = console_.plots.length;
  await console_.type('plot(11); par(ask = TRUE); plot(12)', PromptKind.readline);
  expect(console_.plots.length).toBe(known + 1);
  await console_.type('');
  await console_.type('par(ask = FALSE); graphics.off()');
  expect(console_.plots.length).toBe(known + 2);
});

test('a user’s own png() lands in the working directory and is no page', async () => {
  const known = console_.plots.length;
  await console_.type('png("own.png"); plot(1); dev.off()');
  await console_.type('cat(file.exists("own.png"), "\\n")');
  expect(console_.text).toMatch(/TRUE \n$/);
  expect(console_.plots.length).toBe(known);
});

test('pages are drawn while R is busy', async () => {
  const from = console_.records.length;
  console_.link.input('Sys.sleep(3600)');
  await console_.until((r) => r.type === RecordType.consumed, from);
  expect((await draw(1, 'png')).status).toBe(200);
  console_.link.interrupt();
  await console_.until((r) => r.type === RecordType.prompt, from);
});

test('a plot made while no client is attached is there later', async () => {
  const cursor = console_.link.cursor;
  const known = console_.plots.length;
  const from = console_.records.length;
  console_.link.input('while (!file.exists("go")) Sys.sleep(0.01); plot(99)');
  await console_.until((r) => r.type === RecordType.consumed, from);
  console_.link.close();
  await api.ask('executeCode', { params: { id: await newSession(api) }, body: { code: '1' } });
  const { workdir } = (await api.ask('session', { params: { id } })).json<{ workdir: string }>();
  writeFileSync(`${workdir}/go`, '');
  console_ = new Console(id, cursor);
  await console_.until((r) => r.type === RecordType.plot);
  expect((await list()).length).toBe(known + 1);
});

test('bad pages and sizes are clear errors', async () => {
  const codes = await Promise.all([
    draw(999, 'png'),
    draw(1, 'gif'),
    api.ask('plot', { params: { id, page: 'x' }, query: { format: 'png', ...SIZE } }),
    api.ask('plot', { params: { id, page: '../1' }, query: { format: 'png', ...SIZE } }),
    api.ask('plot', { params: { id, page: 1 }, query: { format: 'png', width: '1', height: 'NaN' } }),
    api.ask('plot', { params: { id: 'nobody', page: 1 }, query: { format: 'png', ...SIZE } }),
  ]);
  expect(codes.map((a) => a.json<{ code: string }>().code)).toEqual([
    'noSuchPlot',
    'badRequest',
    'noSuchPlot',
    'noSuchPlot',
    'badRequest',
    'noSuchSession',
  ]);
});

test('pages are drawn after the session has ended', async () => {
  await console_.type('plot(7)');
  const known = await list();
  console_.link.input('plot(8); q()');
  await console_.until((r) => r.type === RecordType.final);
  const pages = await list();
  expect(pages.length).toBe(known.length + 1);
  expect((await draw(pages.length, 'png')).status).toBe(200);
});
