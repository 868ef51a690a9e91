script <- function(text) {
  file <- tempfile(fileext = ".R")
  writeBin(if (is.raw(text)) text else charToRaw(text), file)
  file
}

test_that("a script is read whatever its line ends, mark and encoding", {
  read <- function(text) farside:::read_script(script(text))
  expect_equal(read("a\r\nb\rc\n"), c("a", "b", "c"))
  expect_equal(read("\ufeffx"), "x")
  expect_equal(read(as.raw(c(0x63, 0x61, 0x66, 0xe9))), "caf\u00e9")
  expect_length(read(""), 0L)
  expect_error(read(as.raw(c(0x61, 0))), "NUL")
})

test_that("the code is shown as a console shows it", {
  run <- function(text, ...) capture.output(farside::run_file(script(text), "s.R", ...))
  expect_equal(run("1 + 1\ninvisible(2)\n"), c("> 1 + 1", "[1] 2", "> invisible(2)"))
  expect_equal(run("1 + 1\n", echo = FALSE), "[1] 2")
  expect_equal(run("# only\n\n# comments"), c("> # only", "> # comments"))
})

test_that("source references carry the author's name for the file", {
  farside::run_file(script("run_test_f <- function() {\n  NULL\n}\n"), "dir/s.R", echo = FALSE)
  on.exit(rm("run_test_f", envir = globalenv()))
  ref <- attr(get("run_test_f", globalenv()), "srcref")
  expect_equal(attr(ref, "srcfile")$filename, "dir/s.R")
})

test_that("places are named once, innermost first", {
  calls <- lapply(c(3L, 3L, 9L), function(line) {
    structure(quote(f()), srcref = structure(c(line, 1L), srcfile = list(filename = "s.R")))
  })
  expect_equal(farside:::places_of(c(calls, quote(g()))), c("s.R:9", "s.R:3"))
})

test_that("arguments are shown during the run only", {
  before <- commandArgs()
  file <- script("cat(commandArgs(TRUE))\n")
  expect_equal(capture.output(farside::run_file(file, "s.R", FALSE, c("--a", "b c"))), "--a b c")
  expect_equal(commandArgs(), before)
})
