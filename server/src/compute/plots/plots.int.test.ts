import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FarsideError } from '@farside/protocol';
import type { WorkerRuntime } from '../sessions/launch.ts';
import type { Drawing } from './renderer.ts';
import { Plots, type PlotSession } from './service.ts';
import { drawnSession, testRuntime } from './testing.ts';

const PNG: Drawing = { format: 'png', width: 300, height: 200, scale: 1 };
const SHORT_LIMIT_MS = 2_000;

let runtime: WorkerRuntime;
let session: PlotSession;
let plots: Plots;

beforeAll(async () => {
  runtime = await testRuntime();
  // Page 2 hangs and page 3 fails while the file `bad` is there, which is not so when they are recorded.
  session = drawnSession(
    runtime,
    `plot(1:10); at_prompt()
     bad <- file.path(pages, "bad")
     plot(2); recordGraphics(while (file.exists(bad)) Sys.sleep(0.01), list(bad = bad), environment()); at_prompt()
     plot(3); recordGraphics(if (file.exists(bad)) stop("no luck"), list(bad = bad), environment()); at_prompt()
     par(mfrow = c(3, 3)); for (i in 1:9) plot(i); at_prompt()
     page <- readRDS(file.path(pages, "1.rds"))
     # What a damaged file can hold: the state of base graphics cut short.
     page[[2]] <- structure(raw(8), pkgName = "graphics")
     saveRDS(page, file.path(pages, "77.rds"), compress = FALSE)
     writeLines("not an RDS file", file.path(pages, "78.rds"))
     saveRDS(1:3, file.path(pages, "79.rds"))`,
  );
  writeFileSync(join(session.dir, 'plots', 'bad'), '');
  plots = new Plots(runtime, { drawMs: SHORT_LIMIT_MS * 10 });
});
afterAll(() => {
  plots?.dispose();
  rmSync(session.dir, { recursive: true, force: true });
});

const reasonOf = (drawn: Promise<unknown>): Promise<string> =>
  drawn.then(
    () => 'drawn',
    (error: unknown) => (error instanceof FarsideError ? `${error.code}: ${error.message}` : String(error)),
  );

test('lists the pages', async () => {
  const pages = await plots.list(session);
  expect(pages.map((p) => [p.page, p.revision])).toEqual([1, 2, 3, 4].map((n) => [n, 1]));
});

test('draws PNG at the device’s pixels, SVG and PDF', async () => {
  const png = Buffer.from(await plots.draw(session, 1, { ...PNG, scale: 2 }));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([600, 400]);
  const svg = Buffer.from(await plots.draw(session, 1, { ...PNG, format: 'svg' })).toString();
  expect(svg).toContain('width="300" height="200"');
  const pdf = Buffer.from(await plots.draw(session, 1, { ...PNG, format: 'pdf' }));
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
});

test('the same drawing is made once, also for those who ask at the same time', async () => {
  const size = { ...PNG, width: 333 };
  const [a, b] = await Promise.all([plots.draw(session, 1, size), plots.draw(session, 1, size)]);
  expect(a).toBe(b);
  expect(await plots.draw(session, 1, size)).toBe(a);
});

test('a drawing that nobody waits for any more is not made', async () => {
  const gone = new AbortController();
  const first = plots.draw(session, 1, { ...PNG, width: 401 });
  const second = reasonOf(plots.draw(session, 1, { ...PNG, width: 402 }, gone.signal));
  gone.abort();
  await first;
  expect(await second).toMatch(/^cancelled/);
});

test('many panels in a small pane are drawn smaller', async () => {
  expect((await plots.draw(session, 4, PNG)).length).toBeGreaterThan(1000);
});

test('an error in the page says what R said, and the helper lives on', async () => {
  const before = plots.pid('ada');
  expect(await reasonOf(plots.draw(session, 3, PNG))).toMatch(/^renderFailed.*no luck/);
  expect(await reasonOf(plots.draw(session, 78, PNG))).toMatch(/^renderFailed/);
  expect(await reasonOf(plots.draw(session, 79, PNG))).toMatch(/^renderFailed.*damaged/);
  expect(plots.pid('ada')).toBe(before);
});

test('a malformed page takes nothing down but the helper, which is replaced', async () => {
  expect(await reasonOf(plots.draw(session, 77, PNG))).toMatch(/^renderFailed/);
  expect((await plots.draw(session, 1, { ...PNG, width: 310 })).length).toBeGreaterThan(1000);
});

test('a helper that was killed is replaced', async () => {
  await plots.draw(session, 1, PNG);
  const pid = plots.pid('ada');
  if (pid === undefined) throw new Error('there is no helper');
  const drawing = reasonOf(plots.draw(session, 2, PNG));
  process.kill(pid, 'SIGKILL');
  expect(await drawing).toMatch(/^renderFailed.*SIGKILL/);
  expect((await plots.draw(session, 1, { ...PNG, width: 311 })).length).toBeGreaterThan(1000);
  expect(plots.pid('ada')).not.toBe(pid);
});

test('a page that hangs is given up in time', async () => {
  const hasty = new Plots(runtime, { drawMs: SHORT_LIMIT_MS });
  expect(await reasonOf(hasty.draw(session, 2, PNG))).toMatch(/^renderFailed.*longer than 2 s/);
  expect((await hasty.draw(session, 1, PNG)).length).toBeGreaterThan(1000);
  hasty.dispose();
});

test('a page that goes while it waits for its turn is not there, rather than a failure of drawing', async () => {
  const page = join(session.dir, 'plots', '5.rds');
  writeFileSync(page, readFileSync(join(session.dir, 'plots', '1.rds')));
  const first = plots.draw(session, 1, { ...PNG, width: 501 });
  const second = reasonOf(plots.draw(session, 5, { ...PNG, width: 502 }));
  await new Promise((resolve) => setImmediate(resolve));
  rmSync(page);
  await first;
  expect(await second).toMatch(/^noSuchPlot/);
});

test('each owner has a helper of their own', async () => {
  await plots.draw({ ...session, owner: 'bob' }, 1, { ...PNG, width: 312 });
  expect(plots.pid('bob')).toBeDefined();
  expect(plots.pid('bob')).not.toBe(plots.pid('ada'));
});

test('a page that is not there, and a PNG beyond reason, are clear errors', async () => {
  expect(await reasonOf(plots.draw(session, 99, PNG))).toMatch(/^noSuchPlot/);
  expect(await reasonOf(plots.draw(session, 1, { ...PNG, width: 10_000, height: 10_000, scale: 8 }))).toMatch(
    /^badRequest.*too many pixels/,
  );
});

test('drawing changes nothing in the store', () => {
  expect(readFileSync(join(session.dir, 'plots', 'pages.jsonl'), 'utf8').split('\n')).toHaveLength(5);
});
