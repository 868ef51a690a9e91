# Random damage to streams, in an R of its own, since a crash is one of the things it looks for.

test_that("a damaged stream is a value or a refusal: never a crash, never code that runs", {
  seed <- as.integer(Sys.getenv("FARSIDE_SEED", as.integer(Sys.time()) %% 100000L))
  rounds <- if (nzchar(Sys.getenv("FARSIDE_LONG"))) 200000L else 4000L
  canary <- tempfile("canary-")
  last <- tempfile("last-")
  out <- suppressWarnings(system2(
    file.path(R.home("bin"), "Rscript"), c("--vanilla", "safe-fuzz.R", seed, rounds, canary, last),
    stdout = TRUE, stderr = TRUE, env = paste0("R_LIBS=", paste(.libPaths(), collapse = .Platform$path.sep))
  ))
  expect(
    any(grepl("^done", out)),
    paste0("FARSIDE_SEED=", seed, " (stream in ", last, "):\n", paste(utils::tail(out, 30), collapse = "\n"))
  )
  expect_false(file.exists(canary))
})
