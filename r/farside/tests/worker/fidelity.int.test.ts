import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eofFrame } from '@farside/protocol';
import { worker } from './library.ts';

/** The whole output of `R … < script 2>&1` on this machine. */
function localR(script: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'farside-local-'));
  writeFileSync(join(dir, 'script'), script);
  const command = 'R --quiet --no-readline --interactive --no-save --no-restore < script 2>&1';
  const result = spawnSync('sh', ['-c', command], {
    cwd: dir,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, LANG: 'C.UTF-8' },
  });
  rmSync(dir, { recursive: true, force: true });
  return result.stdout;
}

const SCRIPTS: Record<string, string> = {
  'values and their printing': [
    'x <- c(a = 1.5, b = NA); x; invisible(x); (invisible(x)); NULL; list(1, "a", list(TRUE))',
    'f <- function(x, ...) UseMethod("f"); f; print.zz <- function(x, ...) cat("<zz>\\n"); structure(1, class = "zz")',
    'setClass("P", representation(x = "numeric")); new("P", x = 1); setMethod("show", "P", function(object) cat("<P>\\n")); new("P", x = 1)',
    'factor(c("u", "v")); as.Date("2020-02-29"); matrix(1:6, 2); array(1:8, c(2, 2, 2)); 1:100; 1e-20; 1i; as.raw(255)',
    'data.frame(n = 1:3, s = c("日本", "é", "e\\u0301")); options(digits = 3); pi; .Last.value; ?nosuchtopic',
  ].join('\n'),
  'warnings and errors': [
    'warning("one"); as.integer("x")',
    'for (i in 1:60) warning(paste("w", i))',
    'warnings()',
    'f <- function(n) if (n == 0) stop("deep") else f(n - 1); f(3)',
    'traceback()',
    'options(warn = 1); warning("now"); options(warn = 2); warning("error"); options(warn = 0)',
    'stop(paste(rep("long words", 300), collapse = " "))',
    'message(strrep("m", 20000))',
    'tryCatch(stop("x"), error = function(e) print(e), finally = cat("finally\\n"))',
    'try(log(-1)); try(log("a")); geterrmessage(); stop(); nosuch; nosuch(1); 1 +* 2; "open',
    '")',
    'withCallingHandlers({ warning("w"); "value" }, warning = function(w) { message("caught ", conditionMessage(w)); invokeRestart("muffleWarning") })',
  ].join('\n'),
  'things that read': [
    'x <- readline("name: ")',
    'somebody',
    'x',
    'scan(n = 3)',
    '1 2',
    '3',
    'menu(c("a", "b"), title = "Which?")',
    '3',
    '2',
    'readLines(n = 2)',
    'f <- function(a) { b <- a + 1',
    'b * 2',
    '}',
    'debug(f)',
    'f(1)',
    'n',
    'b',
    'where',
    'n',
    'c',
    'g <- function() { browser(); 1 }',
    'g()',
    'ls()',
    'Q',
    'options(error = recover)',
    'h <- function() stop("h"); h()',
    '1',
    'ls()',
    '',
    '0',
    'options(error = NULL)',
    'if (TRUE) {',
    '1',
    '} else {',
    '2',
    '}',
    'options(prompt = "日> ", continue = "… ")',
    '(1 +',
    '2)',
  ].join('\n'),
  'children and C': [
    'system("echo out; echo err >&2; echo out again")',
    'cat("no newline"); system("echo child")',
    'system2("sh", c("-c", "\'exit 3\'"))',
    'system("yes | head -2")',
    'x <- system("echo kept; echo err >&2", intern = TRUE); x',
    'message("a"); cat("b\\n"); system("echo c >&2"); cat("d\\n")',
    'writeLines("to stdout", stdout()); write("to stderr", stderr()); sink(tempfile()); 1; sink(); 2',
    'unlist(parallel::mclapply(1:4, function(i) i^2, mc.cores = 2))',
  ].join('\n'),
  'carriage returns, colours and long lines': [
    'pb <- txtProgressBar(max = 5, style = 3); for (i in 1:5) setTxtProgressBar(pb, i); close(pb)',
    'cat("\\033[31mred\\033[0m\\a\\b\\n")',
    `nchar("${'ä'.repeat(9000)}")`,
    `cat(strrep("x", 1e5), "\\n")`,
    'x <- 1 # comment',
    '',
    '  # indented',
  ].join('\n'),
  'examples and demos':
    'set.seed(1)\noptions(device = function(...) pdf(NULL))\ndemo(lm.glm, ask = FALSE)\nexample(lm, ask = FALSE)\nexample(regex)\nlibrary(MASS)\nexample(lda)\n',
  'a profile of an end': 'f <- function() {\n  browser()\n}\nf()\n1',
};

test.each(Object.entries(SCRIPTS))('%s: byte for byte as a local R', async (_, script) => {
  const w = await worker();
  w.input(`${script}\n`);
  w.send(eofFrame());
  await w.final();
  expect(w.transcript()).toBe(localR(`${script}\n`));
});
