# Everything here is to arrive as it is.

test_that("vectors of every kind arrive, with every NA", {
  latin1 <- "fa\xE7ile"
  Encoding(latin1) <- "latin1"
  bytes <- "\xff\xfe"
  Encoding(bytes) <- "bytes"
  expect_travels(list(
    c(TRUE, NA), c(1L, NA), c(1, NA, NaN, Inf, -0), c(1i, NA), c("a", NA, "", "\u00e9\u4e2d"), latin1, bytes,
    as.raw(0:255), NULL, list(), character(), list(a = 1, list(b = NULL))
  ))
  arrived <- safe(serialize(list(latin1, bytes, "\u00e9"), NULL))
  expect_identical(vapply(arrived, Encoding, ""), c("latin1", "bytes", "UTF-8"))
})

test_that("sequences, strings of numbers and sorted vectors arrive", {
  deferred <- as.character(1:1000)
  sorted <- sort(c(3, 1, 2, runif(100)))
  names(sorted) <- seq_along(sorted)
  expect_travels(list(1:10, 10:1, seq(1, 1e6), deferred, sorted, array(1:24, 2:4), factor(letters)))
})

test_that("factors, times, tables, arrays and data frames arrive", {
  frame <- data.frame(a = 1:3, b = c("x", NA, "z"), stringsAsFactors = TRUE)
  frame$m <- matrix(1:6, 3)
  frame$l <- list(1, "a", NULL)
  frame$d <- data.frame(u = 1:3, v = 4:6)
  frame$t <- as.POSIXlt("2024-01-01", tz = "UTC") + 1:3
  expect_travels(list(
    frame, iris, mtcars[0, ], data.frame(), factor(c("a", NA)), Sys.time(), as.POSIXlt(Sys.time()), Sys.Date(),
    as.difftime(1, units = "secs"), table(mtcars$cyl, mtcars$am), matrix(1:6, 2, dimnames = list(NULL, letters[1:3])),
    ts(1:24, start = 2000, frequency = 12), array(list(), c(0, 3)), structure(list(1, 2, 3, 4), dim = c(2L, 2L))
  ))
})

test_that("language, functions and environments arrive", {
  circle <- new.env()
  circle$self <- circle
  circle$f <- eval(quote(function() self), circle)
  lockBinding("f", circle)
  lockEnvironment(circle)
  counter <- local({
    n <- 0
    function() {
      n <<- n + 1
      n
    }
  })
  expect_travels(list(
    quote(f(x, , y = 2)), expression(a + b, 1), as.name("foo"), y ~ x + z, terms(y ~ x), formals(stats::lm), counter,
    sum, `if`, as.pairlist(list(a = 1, b = "x")), alist(a = , b = 2), asNamespace("stats"), globalenv(), circle
  ))
  arrived <- safe(serialize(list(circle, counter), NULL))
  expect_identical(arrived[[1]]$f(), arrived[[1]])
  expect_true(environmentIsLocked(arrived[[1]]) && bindingIsLocked("f", arrived[[1]]))
  expect_identical(c(arrived[[2]](), arrived[[2]]()), c(1, 2))
})

test_that("functions that were compiled arrive as what they were compiled from", {
  f <- compiler::cmpfun(function(x, y = 2) {
    z <- function(a) a + x
    for (i in 1:3) y <- y + z(i)
    switch("a", a = y, b = stop("no"))
  })
  environment(f) <- globalenv()
  arrived <- safe(serialize(f, NULL))
  expect_false(any(grepl("bytecode", capture.output(print(arrived)))))
  expect_identical(arrived, f)
  expect_identical(arrived(1), f(1))
  expect_identical(safe(serialize(stats::lm, NULL)), stats::lm)
})

test_that("models and their environments arrive", {
  models <- list(
    lm(mpg ~ wt, mtcars), glm(am ~ wt, binomial, mtcars), loess(dist ~ speed, cars), ecdf(c(1, 3, 2)), t.test(1:10),
    splinefun(1:5, c(1, 3, 2, 5, 4)), nls(mpg ~ a + b * wt, mtcars, start = list(a = 30, b = -3))
  )
  expect_travels(models)
  glm <- safe(serialize(models[[2]], NULL))
  expect_equal(predict(glm, data.frame(wt = 3)), predict(models[[2]], data.frame(wt = 3)))
})

test_that("what save() and saveRDS() write is read, compressed or not", {
  file <- tempfile()
  on.exit(unlink(file))
  number <- 1
  frame <- iris
  for (compress in list(FALSE, "gzip", "bzip2", "xz")) {
    saveRDS(frame, file, compress = compress)
    expect_identical(safe(file), frame)
    save(number, frame, file = file, compress = compress, version = 2)
    expect_identical(safe(file), list(number = 1, frame = frame))
    expect_identical(safe(readBin(file, "raw", file.size(file))), list(number = 1, frame = frame))
    expect_identical(safe(file, trust = TRUE), list(number = 1, frame = frame))
  }
})

test_that("the byte order of another machine is read", {
  bytes <- serialize(list(1, 2L, "a"), NULL)
  bytes[1] <- charToRaw("B")
  expect_identical(safe(bytes), list(1, 2L, "a"))
})
