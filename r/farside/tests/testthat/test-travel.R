# The same code as in mrsdeploy, whose tests look at it more closely; here: that the worker has it.

test_that("the worker writes forced promises as values and names what can not travel", {
  lazy <- function(x, y) {
    force(x)
    environment()
  }
  file <- tempfile()
  on.exit(unlink(file))
  sent <- farside:::prepare_for_travel(list(e = lazy(1 + 1, stop("never")), con = stdin()), file)
  expect_identical(list(sent$dropped$name, sent$incomplete$name), list("con", "e"))
  expect_named(sent$value, "e")
  from <- file(file, "rb")
  on.exit(close(from), add = TRUE)
  arrived <- unserialize(from)
  expect_identical(substitute(x, arrived$e), 2)
  expect_identical(substitute(y, arrived$e), quote(stop("never")))
})
