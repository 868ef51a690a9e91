# The sending side: what travels, what is named, and that nothing is evaluated for it.

prepare <- function(...) mrsdeploy:::prepare_for_travel(...)

test_that("promises that were forced travel as values, in the file and not in the session", {
  lazy <- function(x) {
    force(x)
    environment()
  }
  e <- lazy(1 + 1)
  file <- tempfile()
  on.exit(unlink(file))
  sent <- prepare(list(e = e), file)
  expect_identical(nrow(sent$dropped), 0L)
  expect_identical(sent$size, file.size(file))
  expect_identical(substitute(x, e), quote(1 + 1))
  expect_silent(arrived <- safe(file))
  expect_identical(arrived$e$x, 2)
  expect_identical(substitute(x, arrived$e), 2)
  plain <- file(file, "rb")
  on.exit(close(plain), add = TRUE)
  expect_identical(substitute(x, unserialize(plain)$e), 2)
})

test_that("what can not travel is named, and nothing is run to find out", {
  lazy <- eval(quote((function(x) environment())(stop("never"))), globalenv())
  active <- new.env(parent = globalenv())
  makeActiveBinding("x", eval(quote(function() stop("never")), globalenv()), active)
  text <- textConnection("a")
  on.exit(close(text))
  pointer <- attr(text, "conn_id")
  values <- list(
    fine = 1:10, con = text, ptr = pointer, inside = list(1, list(text)), holds = list(pointer), lazy = lazy,
    active = active, f = sum
  )
  sent <- prepare(values)
  expect_named(sent$value, setdiff(names(values), c("con", "ptr")))
  expect_identical(sent$dropped$name, c("con", "ptr"))
  expect_identical(sent$incomplete$name, c("inside", "holds", "lazy", "active"))
  expect_match(sent$incomplete$reason[1], "connection")
  expect_match(sent$incomplete$reason[2], "external pointer")
  expect_match(sent$incomplete$reason[3], "not evaluated for the journey")
  expect_match(sent$incomplete$reason[4], "not run for the journey")
})

test_that("an empty list, names in any script and large values travel", {
  file <- tempfile()
  on.exit(unlink(file))
  prepare(list(), file)
  expect_identical(safe(file), list())
  values <- stats::setNames(list(runif(1e6), as.character(1:1e5)), c("gr\u00f6\u00dfe", "\u4e2d"))
  prepare(values, file)
  expect_identical(safe(file), values)
})

test_that("depth is that of what the other side reads", {
  nested <- function(n) {
    x <- 1
    for (i in seq_len(n)) x <- list(x)
    x
  }
  file <- tempfile()
  on.exit(unlink(file))
  sent <- prepare(list(a = nested(4990), fine = 1, b = nested(5010), c = nested(1e5), d = quote(expr = )), file)
  expect_named(sent$value, c("a", "fine", "d"))
  expect_identical(sent$dropped$name, c("b", "c"))
  expect_match(sent$dropped$reason, "nested too deeply")
  expect_named(safe(file), c("a", "fine", "d"))
})

test_that("variables are taken without evaluating them", {
  here <- new.env()
  delayedAssign("late", stop("never"), assign.env = here)
  delayedAssign("done", 1, assign.env = here)
  here$done
  makeActiveBinding("active", function() stop("never"), here)
  assign("a b", 2, here)
  bound <- mrsdeploy:::travel_bindings(c("late", "done", "active", "a b"), here)
  expect_identical(bound$value, list(done = 1, "a b" = 2))
  expect_identical(bound$dropped$name, c("late", "active"))
  expect_match(bound$dropped$reason, "for the journey")
})
