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

test_that("names of every kind come with the workspace, what is locked or active here stays, and each is told", {
  sign_in()
  odd <- c("a b", "gr\u00f6\u00dfe", "\u4e2d", "if", "1x", "back`tick", "quote\"s", "back\\slash")
  clean_up(c(odd, ".dotted", "held", "runs", "plain"))
  remoteExecute(paste0(
    "for (n in c(", paste(vapply(odd, function(n) encodeString(n, quote = "\""), ""), collapse = ", "),
    ")) assign(n, paste('is', n)); .dotted <- 'dot'; held <- 'there'; runs <- 'there'; plain <- 'there'"
  ))
  assign("held", "here", globalenv())
  lockBinding("held", globalenv())
  on.exit(unlockBinding("held", globalenv()), add = TRUE, after = FALSE)
  ran <- FALSE
  makeActiveBinding("runs", function(value) ran <<- TRUE, globalenv())
  expect_warning(getRemoteWorkspace(), "held: it is locked here.*runs: it is an active binding here")
  expect_identical(unname(unlist(mget(odd, globalenv()))), paste("is", odd))
  expect_identical(mget(c("held", "plain"), globalenv()), list(held = "here", plain = "there"))
  expect_false(ran)
  expect_false(exists(".dotted", globalenv()))
  getRemoteObject(".dotted")
  expect_identical(get(".dotted", globalenv()), "dot")
  expect_warning(values <- getRemoteObject("plain", name = "held"), "held: it is locked here")
  expect_identical(values, list(plain = "there"))
})

test_that("one object that is refused does not take the workspace with it", {
  sign_in()
  clean_up(c("o1", "o2", "o3", "o4", "odd", "empty"))
  remoteExecute(paste(
    "o1 <- 1; o2 <- 2; o3 <- new.env(); o4 <- 4; empty <- quote(expr = )",
    "makeActiveBinding('x', function() 1, o3)", sep = "\n"
  ))
  told <- capture_warnings(expect_true(getRemoteWorkspace()))
  expect_match(told, "o3: it was not loaded: it holds an active binding", all = FALSE)
  expect_identical(mget(c("o1", "o2", "o4"), globalenv()), list(o1 = 1, o2 = 2, o4 = 4))
  expect_true(exists("empty", globalenv()))
  expect_false(exists("o3", globalenv()))
  values <- suppressWarnings(getRemoteObject(c("o1", "o3")))
  expect_identical(values, list(o1 = 1))
  expect_error(suppressWarnings(getRemoteObject("o3")), "active binding", class = "mrsdeploy_unsafe")
})

test_that("what is nested too deeply is named, and the others travel, in all directions", {
  sign_in()
  clean_up(c("deep_here", "flat_here", "deep", "flat"))
  nested <- function(n) {
    x <- 1
    for (i in seq_len(n)) x <- list(x)
    x
  }
  deep_here <- nested(1e5)
  flat_here <- 1
  expect_warning(sent <- putLocalObject(c("deep_here", "flat_here")), "deep_here: it is nested too deeply")
  expect_named(sent, "flat_here")
  expect_warning(expect_null(putLocalObject("deep_here")), "deep_here: it is nested too deeply")
  assign("deep_here", deep_here, globalenv())
  assign("flat_here", 2, globalenv())
  told <- capture_warnings(putLocalWorkspace())
  expect_match(told, "deep_here: it is nested too deeply", all = FALSE)
  result <- remoteExecute("deep <- 1; for (i in 1:1e5) deep <- list(deep); flat <- flat_here", outputs = "flat")
  expect_identical(result$outputParameters$flat, 2L)
  expect_warning(values <- getRemoteObject(c("deep", "flat")), "deep: it is nested too deeply")
  expect_identical(values, list(flat = 2))
  expect_warning(getRemoteWorkspace(), "deep: it is nested too deeply")
  result <- remoteExecute("again <- 1", outputs = "deep")
  expect_false(result$success)
  expect_match(result$errorMessage, "\"deep\".*nested.*getRemoteObject")
  expect_warning(id <- createSnapshot("deep"), "deep: .*nested too deeply")
  loadSnapshot(id)
  expect_identical(remoteExecute("x <- flat", outputs = "x")$outputParameters$x, 2L)
  deleteSnapshot(id)
})

test_that("active bindings are not run for a journey, and an argument that is named is sent", {
  sign_in()
  clean_up(c("ab_here", "late_here"))
  ran <- FALSE
  makeActiveBinding("ab_here", function() ran <<- TRUE, globalenv())
  delayedAssign("late_here", ran <<- TRUE, assign.env = globalenv())
  told <- capture_warnings(putLocalWorkspace())
  expect_match(told, "ab_here: it is an active binding.*late_here: it is a promise", all = FALSE)
  expect_warning(expect_null(putLocalObject("ab_here")), "ab_here: it is an active binding")
  expect_false(ran)
  send <- function(argument) putLocalObject("argument")
  expect_identical(send(40 + 2), list(argument = 42))
})
