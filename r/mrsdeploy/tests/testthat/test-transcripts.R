# Scripts as they were written for the original, fed to a plain R.

test_that("a script on standard input switches between the two R in the order of its lines", {
  out <- run_r(c(
    "library(mrsdeploy)",
    login_line("diff = FALSE"),
    "x <- 1",
    "f <- function(a) {",
    "  a * 2",
    "}",
    "f(x + 20)",
    "z <- \"a",
    "   b\"",
    "z",
    "pause()",
    "y <- 'local'",
    "print(exists('z'))",
    "resume()",
    "stop('oops')",
    "f(100); pause() # both",
    "print(y)",
    "resume()",
    "answer <- readline('Name? ')",
    "Bob",
    "answer",
    "exit",
    "print('the end')"
  ))
  expect_equal(attr(out, "status"), 0L)
  lines <- strsplit(out, "\n")[[1]]
  begin <- match("REMOTE> x <- 1", lines)
  expect_equal(lines[begin - 6:1], c(
    "Your REMOTE R session is now active.",
    "Commands:",
    "        - pause() to switch to local session & leave remote session on hold.",
    "        - resume() to return to remote session.",
    "        - exit to leave (and terminate) remote session.",
    ""
  ))
  expect_equal(lines[begin:length(lines)], c(
    "REMOTE> x <- 1",
    "REMOTE> f <- function(a) {",
    "+   a * 2",
    "+ }",
    "REMOTE> f(x + 20)",
    "[1] 42",
    "REMOTE> z <- \"a",
    "+    b\"",
    "REMOTE> z",
    "[1] \"a\\n   b\"",
    "REMOTE> pause()",
    "> y <- 'local'",
    "> print(exists('z'))",
    "[1] FALSE",
    "> resume()",
    "REMOTE> stop('oops')",
    "Error: oops",
    "REMOTE> f(100); pause() # both",
    "[1] 200",
    "> print(y)",
    "[1] \"local\"",
    "> resume()",
    "REMOTE> answer <- readline('Name? ')",
    "Name? Bob",
    "REMOTE> answer",
    "[1] \"Bob\"",
    "REMOTE> exit",
    "> print('the end')",
    "[1] \"the end\"",
    "> "
  ))
})

test_that("a script in a file does the same, with R and with Rscript", {
  lines <- c("library(mrsdeploy)", login_line("diff = FALSE"), "x <- 'there'", "cat(x, '\\n')", "pause()", "cat('here\\n')", "remoteLogout()")
  expect_match(run_r(lines, via = "file"), "REMOTE> cat(x, '\\n')\nthere \nREMOTE> pause()\n> cat('here\\n')\nhere\n", fixed = TRUE)
  expect_match(run_r(lines, via = "rscript"), "\nthere \nhere\n$")
})

test_that("a script that ends at the remote prompt leaves the session, and says how to come back", {
  out <- run_r(c("library(mrsdeploy)", login_line("diff = FALSE"), "x <- 1"))
  id <- regmatches(out, regexec("session = \"([^\"]+)\"", out))[[1]][2]
  sign_in(session = id)
  expect_equal(capture.output(remoteExecute("cat(x)")), "1")
})
