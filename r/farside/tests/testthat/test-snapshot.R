tree <- function() {
  dir <- tempfile("tree-")
  dir.create(dir)
  dir
}

test_that("a folder is copied with what is in it, and traps are named", {
  from <- tree()
  to <- tree()
  dir.create(file.path(from, "a/b"), recursive = TRUE)
  writeLines("text", file.path(from, "a/b/file.txt"))
  Sys.setFileTime(file.path(from, "a/b/file.txt"), as.POSIXct("2020-01-01", tz = "UTC"))
  file.symlink("a/b/file.txt", file.path(from, "inside"))
  file.symlink("/etc/passwd", file.path(from, "outside"))
  file.symlink("../up", file.path(from, "up"))
  system2("mkfifo", file.path(from, "pipe"))
  done <- farside:::copy_folder(from, to)
  expect_equal(done$files, 2)
  expect_equal(readLines(file.path(to, "inside")), "text")
  expect_equal(Sys.readlink(file.path(to, "inside")), "a/b/file.txt")
  expect_equal(as.numeric(file.mtime(file.path(to, "a/b/file.txt"))), as.numeric(as.POSIXct("2020-01-01", tz = "UTC")))
  left <- vapply(done$left, `[[`, "", "name")
  expect_setequal(left, c("outside", "up", "pipe"))
  expect_setequal(list.files(to, recursive = TRUE), c("a/b/file.txt", "inside"))
})

test_that("what is there already is replaced, but no folder and nothing behind a link", {
  from <- tree()
  to <- tree()
  elsewhere <- tree()
  dir.create(file.path(from, "d"))
  for (name in c("f", "d/f", "g")) writeLines("new", file.path(from, name))
  writeLines("old", file.path(to, "f"))
  file.symlink(elsewhere, file.path(to, "d"))
  dir.create(file.path(to, "g"))
  done <- farside:::copy_folder(from, to)
  expect_equal(readLines(file.path(to, "f")), "new")
  expect_setequal(vapply(done$left, `[[`, "", "name"), c("d", "g"))
  expect_equal(list.files(elsewhere), character())
})

test_that("a folder that is not there is an error", {
  expect_error(farside:::copy_folder(tempfile("absent-"), tree()), "could not be copied")
})

test_that("pointers and connections are found wherever they are, and nothing is run", {
  pointer <- getNamespace("stats")$C_cor$address
  con <- file(tempfile(), "w")
  on.exit(close(con))
  inside <- new.env(parent = emptyenv())
  inside$self <- inside
  inside$deep <- list(1, list(p = pointer))
  active <- new.env(parent = emptyenv())
  makeActiveBinding("run", function() stop("an active binding ran"), active)
  delayedAssign("later", stop("a promise was forced"), assign.env = active)
  kept <- new.env(parent = globalenv())
  kept$pointer <- pointer
  made <- eval(quote(function() pointer), kept)
  find <- farside:::find_lost
  expect_equal(find(pointer), 1L)
  expect_equal(find(con), 2L)
  expect_equal(find(list(a = con, b = inside)), 3L)
  expect_equal(find(structure(1, holder = inside)), 1L)
  expect_equal(find(made), 1L)
  expect_equal(find(active), 0L)
  expect_equal(find(structure(list(1), .internal.selfref = pointer)), 0L)
  expect_equal(find(eval(quote(lm(mpg ~ wt, mtcars)), globalenv())), 0L)
  loop <- list()
  for (i in 1:60) loop <- list(loop, loop)
  expect_equal(find(loop), 0L)
})

deep_list <- function(levels) {
  x <- 1
  for (i in seq_len(levels)) x <- list(x)
  x
}

test_that("an object that is nested too deeply is left out of a snapshot and named, the others are in it", {
  call <- quote(x)
  for (i in 1:20000) call <- as.call(list(quote(`+`), call, 1))
  values <- list(zz_deep = deep_list(1e5), zz_call = call, zz_flat = 1, zz_less = deep_list(9000))
  list2env(values, globalenv())
  on.exit(rm(list = names(values), envir = globalenv()))
  folder <- tree()
  path <- file.path(folder, "workspace.RData")
  expect_setequal(farside:::save_objects(names(values), path), c("zz_deep", "zz_call"))
  expect_identical(list.files(folder), "workspace.RData")
  into <- new.env()
  expect_setequal(load(path, into), c("zz_flat", "zz_less"))
})

test_that("a workspace at the end of a session is kept without what R can not write", {
  list2env(list(zz_deep = deep_list(1e5), zz_flat = 1), globalenv())
  on.exit(rm(list = c("zz_deep", "zz_flat"), envir = globalenv()))
  folder <- tree()
  path <- file.path(folder, "workspace.RData")
  expect_message(farside:::save_at_end(path, insisted = TRUE), "\"zz_deep\" was not saved: it is nested too deeply")
  expect_identical(list.files(folder), "workspace.RData")
  rm(list = c("zz_deep", "zz_flat"), envir = globalenv())
  on.exit(rm(list = "zz_flat", envir = globalenv()))
  expect_message(farside:::restore_workspace(path), "\"zz_deep\" was not saved")
  expect_identical(mget("zz_flat", globalenv()), list(zz_flat = 1))
  expect_false(exists("zz_deep", globalenv(), inherits = FALSE))
})
