evaluate <- farside:::evaluate_call

test_that("a value is raw or text, an error its message", {
  expect_equal(evaluate("paste('a', 1)"), list(TRUE, "a 1"))
  expect_equal(evaluate("as.raw(1:3)"), list(TRUE, as.raw(1:3)))
  expect_equal(evaluate("c('a', 'b')"), list(TRUE, "a\nb"))
  expect_equal(evaluate("NULL"), list(TRUE, ""))
  expect_equal(evaluate("stop('no')"), list(FALSE, "no"))
  expect_false(evaluate("1 +* 2")[[1]])
})

test_that("seed, warnings, traceback and options stay as they were", {
  set.seed(7)
  seed <- get(".Random.seed", globalenv())
  evaluate("{ runif(3); warning('theirs'); message('theirs'); options(digits = 3); 'done' }")
  expect_identical(get(".Random.seed", globalenv()), seed)
  expect_equal(getOption("digits"), 7L)
  rm(".Random.seed", envir = globalenv())
  evaluate("runif(1)")
  expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
})

test_that("only the width is meant to stay", {
  old <- options(width = 80)
  on.exit(options(old))
  evaluate("farside:::rpc_width(132L)")
  expect_equal(getOption("width"), 132L)
})
