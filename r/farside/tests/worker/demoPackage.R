# Installs a package with help pages and a vignette in the library given, some of it hostile.
library <- commandArgs(TRUE)[1L]
dir.create(library, showWarnings = FALSE, recursive = TRUE)
source <- tempfile("demo-")
put <- function(name, ...) {
  dir.create(dirname(file.path(source, name)), showWarnings = FALSE, recursive = TRUE)
  writeLines(c(...), file.path(source, name))
}
put(
  "DESCRIPTION", "Package: farsidedemo", "Version: 1.0", "Title: Something to Read About", "Description: For tests.",
  "License: MIT", "Author: A", "Maintainer: A <a@example.org>"
)
put("NAMESPACE", "export(shiny_thing, plain_thing)")
put("R/all.R", "shiny_thing <- function(x) x", "plain_thing <- function() 1")
put(
  "man/shiny_thing.Rd", "\\name{shiny_thing}\\alias{shiny_thing}\\alias{other_name}", "\\title{A Shiny Thing}",
  "\\description{Also see \\code{\\link[stats]{lm}} and \\code{\\link{plain_thing}}.",
  "\\if{html}{\\out{<script>window.hacked = 1</script><img src=\"https://evil.example/x.png\" onerror=\"hacked()\">}}}",
  "\\usage{shiny_thing(x)}", "\\arguments{\\item{x}{What shines.}}"
)
put(
  "man/plain_thing.Rd", "\\name{plain_thing}\\alias{plain_thing}", "\\title{A Plain Thing}", "\\description{Nothing.}"
)
put("inst/doc/intro.Rmd", "# An introduction", "", "How it *shines*.")
put("inst/doc/intro.html", "<h1>An introduction</h1><p onclick=\"bad()\">How it <em>shines</em>.</p>")
status <- system2(
  file.path(R.home("bin"), "R"), c("CMD", "INSTALL", "--no-html", "--no-test-load", "-l", shQuote(library), source),
  stdout = FALSE, stderr = FALSE
)
if (status != 0L) stop("the package could not be installed")
# What R CMD build makes of a vignette's sources.
index <- data.frame(File = "intro.Rmd", Title = "How it Shines", PDF = "intro.html", R = "", stringsAsFactors = FALSE)
index$Depends <- index$Keywords <- I(list(character()))
saveRDS(index, file.path(library, "farsidedemo", "Meta", "vignette.rds"))
