import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const RD = String.raw`\name{shiny_thing}\alias{shiny_thing}\alias{other_name}
\title{A Shiny Thing}
\description{Also see \code{\link[stats]{lm}} and \code{\link{plain_thing}}.
\if{html}{\out{<script>window.hacked = 1</script><img src="https://evil.example/x.png" onerror="hacked()">}}}
\usage{shiny_thing(x)}
\arguments{\item{x}{What shines.}}
`;
const PLAIN = String.raw`\name{plain_thing}\alias{plain_thing}\title{A Plain Thing}\description{Nothing.}
`;
const FILES: Record<string, string> = {
  DESCRIPTION: `Package: farsidedemo
Version: 1.0
Title: Something to Read About
Description: For tests.
License: MIT
Author: A
Maintainer: A <a@example.org>
`,
  NAMESPACE: 'export(shiny_thing, plain_thing)\n',
  'R/all.R': 'shiny_thing <- function(x) x\nplain_thing <- function() 1\n',
  'man/shiny_thing.Rd': RD,
  'man/plain_thing.Rd': PLAIN,
  'inst/doc/intro.Rmd': '# An introduction\n\nHow it *shines*.\n',
  'inst/doc/intro.html': '<h1>An introduction</h1><p onclick="bad()">How it <em>shines</em>.</p>\n',
};
const INDEX = `saveRDS(data.frame(File = "intro.Rmd", Title = "How it Shines", PDF = "intro.html", R = "",
  Depends = I(list(character())), Keywords = I(list(character())), stringsAsFactors = FALSE), "vignette.rds")`;

/** Installs a package with help pages and a vignette in a library, some of it hostile. */
export function installDemo(library: string): void {
  const source = mkdtempSync(join(tmpdir(), 'farside-demo-package-'));
  mkdirSync(library, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(source, name)), { recursive: true });
    writeFileSync(join(source, name), text);
  }
  const r = (args: string[], cwd: string): Buffer =>
    execFileSync('R', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  r(['CMD', 'INSTALL', '--no-html', '--no-test-load', `--library=${library}`, source], source);
  // What R CMD build makes of a vignette's sources.
  r(['--vanilla', '--no-echo', '-e', INDEX], join(library, 'farsidedemo', 'Meta'));
  rmSync(source, { recursive: true, force: true });
}
