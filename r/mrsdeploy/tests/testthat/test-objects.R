clean_up <- function(names, env = parent.frame()) {
  do.call(on.exit, list(substitute(rm(list = intersect(names, ls(globalenv(), all.names = TRUE)), envir = globalenv()),
                                   list(names = names)), add = TRUE), envir = env)
}

test_that("objects of any class go there and come back", {
  sign_in()
  clean_up(c("model", "keep"))
  a <- 1:3
  b <- list(x = "ü", f = function(n) n + 1)
  expect_equal(names(putLocalObject(c("a", "b"))), c("a", "b"))
  out <- capture.output(remoteExecute("print(a); print(b$f(41)); print(b$x); model <- lm(dist ~ speed, cars)"))
  expect_equal(out, c("[1] 1 2 3", "[1] 42", "[1] \"\u00fc\""))
  values <- getRemoteObject("model")
  expect_s3_class(values$model, "lm")
  expect_equal(coef(get("model", globalenv())), coef(lm(dist ~ speed, cars)))
})

test_that("a list takes them, there and here, and keeps what it has", {
  sign_in()
  clean_up("results")
  a <- 1
  b <- 2
  putLocalObject("a", name = "L")
  putLocalObject("b", name = "L")
  expect_equal(capture.output(remoteExecute("str(L[c('a', 'b')])")), capture.output(str(list(a = 1, b = 2))))
  remoteExecute("x <- 'x'; y <- 'y'")
  getRemoteObject("x", name = "results")
  getRemoteObject("y", name = "results")
  expect_equal(get("results", globalenv()), list(x = "x", y = "y"))
})

test_that("whole workspaces", {
  sign_in()
  clean_up(c("ws_there", "ws_here", "ws_more"))
  assign("ws_here", 1:5, globalenv())
  expect_true(suppressWarnings(putLocalWorkspace()))
  out <- capture.output(remoteExecute("print(ws_here); ws_there <- 'there'; ws_more <- NULL"))
  expect_equal(out, "[1] 1 2 3 4 5")
  expect_true(getRemoteWorkspace())
  expect_equal(get("ws_there", globalenv()), "there")
  expect_null(get("ws_more", globalenv()))
})

test_that("what can not travel is named, and the rest goes", {
  sign_in()
  clean_up("fine")
  remoteExecute("con <- file('x.txt', 'w'); fine <- 1")
  expect_warning(values <- getRemoteObject(c("con", "fine", "none")), "none")
  expect_equal(values$fine, 1)
  local_con <- textConnection("x")
  on.exit(close(local_con), add = TRUE)
  ok <- 1
  expect_warning(sent <- putLocalObject(c("local_con", "ok")), "local_con")
  expect_true("ok" %in% names(sent))
})

test_that("an object that would run code here is refused", {
  sign_in()
  clean_up(c("touched", "trap"))
  remoteExecute("f <- function(x) environment(); trap <- f(assign('touched', TRUE, globalenv()))")
  suppressWarnings(try(getRemoteObject("trap"), silent = TRUE))
  try(get("x", envir = get("trap", globalenv())), silent = TRUE)
  expect_false(exists("touched", globalenv()))
})

test_that("large ones arrive as they are", {
  sign_in()
  clean_up("big")
  big <- data.frame(x = runif(1e6), y = sample(letters, 1e6, TRUE))
  putLocalObject("big")
  remoteExecute("sum_there <- sum(big$x)", outputs = "sum_there")
  expect_identical(getRemoteObject("big")$big, big)
})

test_that("wrong use says what is wrong", {
  sign_in()
  expect_error(putLocalObject(1), "obj", class = "mrsdeploy_badArgument")
  expect_error(putLocalObject("no_such_thing"), "no_such_thing", class = "mrsdeploy_noSuchObject")
  expect_error(getRemoteObject(mean), "obj", class = "mrsdeploy_badArgument")
  expect_warning(expect_null(getRemoteObject("no_such_thing")), "no_such_thing")
})
