# Forced promises are their values; the others stop, with a reason, and are never evaluated.

keep <- function(...) serialize(..., connection = NULL)
with_promises <- function(forced, other, ...) {
  force(forced)
  environment()
}

test_that("a promise that was not evaluated stops when it is touched, and never runs", {
  ran <- FALSE
  e <- with_promises(1 + 1, {
    ran <<- TRUE
    3
  })
  expect_warning(arrived <- safe(keep(e)), class = "mrsdeploy_replaced")
  expect_identical(arrived$forced, 2)
  expect_error(arrived$other, class = "mrsdeploy_unevaluated", "unevaluated promise")
  # R itself warns the second time.
  expect_error(suppressWarnings(get("other", arrived)), class = "mrsdeploy_unevaluated")
  expect_false(ran)
  expect_setequal(ls(arrived), c("forced", "other"))
})

test_that("promises in ... are replaced one by one", {
  f <- function(...) {
    ..1
    environment()
  }
  expect_warning(arrived <- safe(keep(f(5 + 1, stop("never")))), class = "mrsdeploy_replaced")
  expect_identical(evalq(..1, arrived), 6)
  expect_error(suppressWarnings(evalq(list(...), arrived)), class = "mrsdeploy_unevaluated")
})

test_that("an argument with a constant as its default needs no evaluation", {
  f <- function(a = "x") function() a
  expect_silent(arrived <- safe(keep(f())))
  expect_identical(arrived(), "x")
})

test_that("what only a dropped promise held is kept where something else refers to it", {
  shared <- new.env()
  shared$value <- 42
  holder <- local({
    where <- shared
    delayedAssign("lazy", stop("never"), eval.env = shared)
    environment()
  })
  value <- list(holder, function() value, shared)
  environment(value[[2]]) <- shared
  expect_warning(arrived <- safe(keep(value)), class = "mrsdeploy_replaced")
  expect_identical(arrived[[2]](), 42)
  expect_identical(arrived[[1]]$where, arrived[[3]])
  expect_identical(environment(arrived[[2]]), arrived[[3]])
})
