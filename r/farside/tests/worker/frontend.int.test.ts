import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RecordType, Shown, ShowFlag, readPayload } from '@farside/protocol';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

/** What clients were told to show, after record number `after`. */
function shown(w: Worker, after = 0): (Shown | undefined)[] {
  const begins = (flag: number): boolean => String.fromCharCode(flag) === ShowFlag.begin;
  return w.records
    .filter((r) => r.seq > after && r.type === RecordType.show && begins(r.flag))
    .map((r) => readPayload(Shown, r.payload));
}

const documentOf = (w: Worker, number: number): string =>
  readFileSync(join(w.dir, 'documents', `${number}.txt`), 'utf8');

test('help is text between two marks that say which page it is', async () => {
  const w = await worker();
  const at = w.head();
  const text = await w.run('?lm');
  expect(text).toContain('Fitting Linear Models');
  expect(text).not.toContain('\b');
  expect(shown(w, at)).toEqual([{ kind: 'help', topic: 'lm', package: 'stats', title: expect.any(String) }]);
  const order = w.records.filter((r) => r.seq > at && 'Voe'.includes(r.type)).map((r) => r.type + r.flag);
  expect([order[0], order.at(-1)]).toEqual([`V${'s'.charCodeAt(0)}`, `V${'e'.charCodeAt(0)}`]);
});

test('all ways to read about R end in text, and none waits', async () => {
  const w = await worker();
  expect(await w.run('help("glm", package = "stats")')).toContain('Fitting Generalized Linear Models');
  expect(await w.run('help(lm, help_type = "html")')).toContain('Fitting Linear Models');
  expect(await w.run('help(package = "splines")')).toContain('interpSpline');
  expect(await w.run('??"regression splines"')).toMatch(/splines::/);
  expect(await w.run('?nosuchtopic_')).toContain('No documentation');
  expect(await w.run('example(mean)')).toMatch(/\[1\] 8\.75/);
  expect(await w.run('demo(package = "stats")')).toContain('nlm');
  const script = join(import.meta.dirname, 'demoPackage.R');
  execFileSync('Rscript', ['--vanilla', script, join(w.dir, 'lib')]);
  await w.run(`.libPaths("${join(w.dir, 'lib')}")`);
  expect(await w.run('vignette(package = "farsidedemo")')).toContain('How it Shines');
  expect(await w.run('vignette("intro", package = "farsidedemo")')).toContain('How it *shines*.');
  expect(await w.run('browseVignettes("farsidedemo")')).toContain("Vignettes in package 'farsidedemo'");
  expect(await w.run('help.start()')).toContain('?topic');
  expect(await w.run('RSiteSearch("lm")')).toContain('Open in a browser: https://search.r-project.org/');
  expect(shown(w).map((one) => one?.kind)).toEqual([
    'help',
    'help',
    'text',
    'search',
    'text',
    'text',
    'vignette',
    'vignettes',
    'search',
    'url',
  ]);
});

test('View() is R’s own, and shows the table as text and as a document', async () => {
  const w = await worker();
  const at = w.head();
  const text = await w.run('View(mtcars)');
  expect(text).toMatch(/^mtcars: 32 rows, 11 columns\n +mpg +cyl .*\nMazda RX4 +21.0 +6/);
  expect(text).toContain('[12 more rows]');
  const [view] = shown(w, at);
  expect(view).toMatchObject({ kind: 'view', title: 'mtcars', rows: 32, columns: 11 });
  expect(documentOf(w, view?.document ?? 0)).toContain('Volvo 142E');
  expect(await w.run('utils::View(data.frame(x = c("a\\nb", NA)), "mine")')).toContain('mine: 2 rows, 1 column');
  expect(await w.run('identical(environment(View), asNamespace("utils"))')).toBe('[1] TRUE\n');
  expect(await w.run('View(1:3)')).toContain('1:3: 3 rows, 1 column');
});

test('files and pages are shown; what is too long is in a document', async () => {
  const w = await worker();
  await w.run('writeLines(as.character(1:1500), "long.txt")');
  const at = w.head();
  expect(await w.run('file.show("long.txt")')).toContain('\n1000\n[500 more lines are not shown here]\n');
  const [text] = shown(w, at);
  expect(text).toMatchObject({ kind: 'text', title: 'R Information' });
  expect(documentOf(w, text?.document ?? 0)).toContain('\n1500\n');
  await w.run('options(pager = "less")');
  expect(await w.run('page(letters, method = "print")')).toContain('"z"');
});

test('web pages', async () => {
  const w = await worker();
  expect(await w.run('browseURL("https://example.org/a")')).toBe('Open in a browser: https://example.org/a\n');
  expect(await w.run('writeLines("<p>", "page.html"); browseURL("page.html")')).toContain('page.html');
  expect(shown(w)).toEqual([
    { kind: 'url', url: 'https://example.org/a' },
    { kind: 'page', path: join(w.dir, 'work', 'page.html'), file: 'page.html' },
  ]);
});

test('editors say what to use instead', async () => {
  const w = await worker();
  for (const code of ['edit(lm)', 'f <- mean; fix(f)', 'vi(lm)', 'edit(mtcars)', 'x <- mtcars; fix(x)'])
    expect(await w.run(code)).toMatch(/no screen.*Write the new value/s);
  expect(await w.run('a <- 1; data.entry(a)')).toMatch(/need a screen.*Look at it with View/s);
  expect(await w.run('tryCatch(edit(lm), farside_unavailable = function(e) "caught")')).toBe('[1] "caught"\n');
  expect(await w.run('writeLines("1", "a.R"); file.edit("a.R")')).toContain('there is no editor here');
  expect(shown(w)).toEqual([{ kind: 'edit', path: join(w.dir, 'work', 'a.R'), file: 'a.R' }]);
});

test('questions are asked in the console', async () => {
  const w = await worker();
  await w.run('writeLines("1", "a.txt")');
  expect(await w.run('basename(file.choose())\n a.txt ')).toContain('[1] "a.txt"');
  expect(await w.run('file.choose()\n\n')).toContain('file choice cancelled');
  expect(await w.run('menu(c("a", "b"), graphics = TRUE)\n2')).toContain('[1] 2');
  expect(await w.run('select.list(c("a", "b"), graphics = TRUE)\n2')).toContain('[1] "b"');
});

test('x11() opens the session’s device', async () => {
  const w = await worker({ DISPLAY: ':7' });
  expect(await w.run('x11(); names(dev.cur())')).toMatch(/no windows where R runs.*\[1\] "farside"/s);
  expect(await w.run('identical(x11, grDevices::x11); nzchar(Sys.getenv("DISPLAY"))')).toBe(
    '[1] TRUE\n[1] FALSE\n',
  );
});

test('the library paths are on disk, also after they changed', async () => {
  const w = await worker();
  const paths = (): string[] =>
    JSON.parse(readFileSync(join(w.dir, 'libraries.json'), 'utf8')) as string[];
  expect(paths().length).toBeGreaterThan(0);
  await w.run('dir.create("lib"); .libPaths("lib")');
  expect(paths()[0]).toBe(join(w.dir, 'work', 'lib'));
});
