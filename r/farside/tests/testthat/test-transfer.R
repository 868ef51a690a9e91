local_global <- function(..., env = parent.frame()) {
  values <- list(...)
  list2env(values, globalenv())
  do.call(on.exit, list(bquote(suppressWarnings(rm(list = .(names(values)), envir = globalenv()))), TRUE), envir = env)
}
exported <- function(names = NULL, ...) {
  path <- tempfile()
  json <- farside:::rpc_export(path, names, ...)
  list(about = jsonlite::fromJSON(json, simplifyVector = FALSE), path = path)
}
imported <- function(value, ...) {
  path <- tempfile()
  writeBin(serialize(value, NULL, xdr = FALSE), path)
  farside:::rpc_import(path, ...)
}

test_that("objects of every kind travel, and what the file holds is R's own", {
  skip_if_not_installed("jsonlite")
  values <- list(
    zz_int = c(1L, NA), zz_num = c(pi, NaN, -Inf, NA), zz_chr = c("caf\u00e9", NA, ""), zz_raw = as.raw(0:255),
    zz_cpl = 1i, zz_df = data.frame(a = 1:3, b = factor(c("x", "y", "x"))), zz_fun = eval(quote(function(x) x + 1), globalenv()),
    zz_null = NULL, zz_date = Sys.time(), zz_seq = 1:1e6, zz_lm = eval(quote(lm(dist ~ speed, cars)), globalenv()), zz_big = runif(300000)
  )
  values["zz_null"] <- list(NULL)
  do.call(local_global, values)
  out <- exported(names(values))
  expect_equal(unlist(out$about$names), names(values))
  expect_equal(out$about$size, file.size(out$path))
  con <- file(out$path, "rb")
  on.exit(close(con), add = TRUE)
  expect_equal(unserialize(con), values)
  expect_equal(.Call(farside:::farside_read_object, out$path), values)
})

test_that("nothing is evaluated, and what can not travel is named", {
  skip_if_not_installed("jsonlite")
  local_global(zz_ok = 1, zz_con = stdin(), zz_list = list(a = list(stdout())), zz_wait = 1, zz_done = 1, zz_act = 1)
  rm("zz_act", "zz_wait", "zz_done", envir = globalenv())
  makeActiveBinding("zz_act", function() stop("it ran"), globalenv())
  delayedAssign("zz_wait", stop("it was evaluated"), assign.env = globalenv())
  delayedAssign("zz_done", 41 + 1, assign.env = globalenv())
  get("zz_done", globalenv())
  about <- exported()$about
  told <- function(list) setNames(vapply(list, `[[`, "", "reason"), vapply(list, `[[`, "", "name"))
  skipped <- told(about$skipped)
  expect_named(skipped, c("zz_act", "zz_con", "zz_wait"))
  expect_match(skipped, "journey|connection")
  expect_match(told(about$incomplete), "it holds a connection")
  expect_named(told(about$incomplete), "zz_list")
  expect_true(all(c("zz_ok", "zz_done", "zz_list") %in% unlist(about$names)))
})

test_that("an export and what a client sends follow one rule", {
  skip_if_not_installed("jsonlite")
  lazy <- (function(x) environment())(stop("never"))
  local_global(zz_con = stdin(), zz_in = list(list(stdout())), zz_lazy = lazy, zz_empty = quote(expr = ), zz_ok = 1)
  names <- c("zz_con", "zz_in", "zz_lazy", "zz_empty", "zz_ok")
  about <- exported(names)$about
  sent <- farside:::prepare_for_travel(mget(names, globalenv()))
  expect_identical(unlist(about$names), names(sent$value))
  for (what in c("skipped", "incomplete")) {
    report <- if (what == "skipped") sent$dropped else sent$incomplete
    expect_identical(about[[what]], unname(Map(function(name, reason) list(name = name, reason = reason),
                                               report$name, report$reason)))
  }
})

test_that("what is nested too deeply is named and left out by itself", {
  skip_if_not_installed("jsonlite")
  deep <- list()
  for (i in 1:1e5) deep <- list(deep)
  less <- 0
  for (i in 1:6000) less <- list(less)
  chain <- globalenv()
  for (i in 1:60000) chain <- new.env(parent = chain)
  local_global(zz_deep = deep, zz_less = less, zz_chain = chain, zz_cells = as.pairlist(seq_len(50000)), zz_ok = 1)
  out <- exported(c("zz_deep", "zz_ok", "zz_less", "zz_chain", "zz_cells"))
  expect_identical(unlist(out$about$names), "zz_ok")
  expect_identical(vapply(out$about$skipped, `[[`, "", "name"), c("zz_deep", "zz_less", "zz_chain", "zz_cells"))
  expect_match(vapply(out$about$skipped, `[[`, "", "reason"), "nested too deeply.*flatter")
  expect_identical(.Call(farside:::farside_read_object, out$path), list(zz_ok = 1))
  expect_identical(list.files(dirname(out$path), paste0(basename(out$path), ".+")), character())
})

test_that("what R can write and not read again is refused before it is read", {
  local_global(zz_a = 1)
  call <- quote(x)
  for (i in 1:20000) call <- as.call(list(quote(`+`), call, 1))
  expect_error(imported(list(zz_a = call)), "nested too deeply.*flatter")
  expect_error(imported(list(zz_a = as.pairlist(seq_len(50000)))), "nested too deeply")
  expect_equal(get("zz_a", globalenv()), 1)
})

test_that("an export that fails leaves no file", {
  path <- tempfile()
  expect_error(farside:::rpc_export(path, "zz_not_there"), "no object \"zz_not_there\"")
  local_global(zz_big = runif(1e5))
  expect_error(farside:::rpc_export(path, "zz_big", limit = 1000), "larger than 1000 bytes")
  expect_false(file.exists(path))
  lazy <- (function(x) {
    force(x)
    environment()
  })(runif(1e5))
  local_global(zz_lazy = lazy)
  expect_error(farside:::rpc_export(path, "zz_lazy", limit = 1000), "larger than 1000 bytes")
  expect_identical(list.files(dirname(path), basename(path)), character())
  expect_error(farside:::rpc_export("/dev/full/x", "zz_big"), "could not be opened")
})

test_that("objects are assigned all or none", {
  local_global(zz_a = 1, zz_locked = 2, zz_list = 0)
  imported(list(zz_a = 10, zz_list = "x"))
  expect_equal(mget(c("zz_a", "zz_list"), globalenv()), list(zz_a = 10, zz_list = "x"))
  imported(list(a = 1, 2), "zz_list")
  expect_equal(get("zz_list", globalenv()), list(a = 1, 2))
  lockBinding("zz_locked", globalenv())
  on.exit(unlockBinding("zz_locked", globalenv()), add = TRUE, after = FALSE)
  expect_error(imported(list(zz_a = 99, zz_locked = 3)), "\"zz_locked\" is locked")
  expect_error(imported(list(zz_a = 99, 3)), "no name")
  expect_error(imported(list(zz_a = 99, zz_a = 3)), "Two objects")
  expect_error(imported(99), "not a list")
  expect_error(imported(list(99)), "no names")
  expect_equal(get("zz_a", globalenv()), 10)
})

test_that("a damaged file assigns nothing", {
  local_global(zz_a = 1)
  bytes <- serialize(list(zz_a = 2, zz_text = letters), NULL)
  for (size in c(0L, 1L, 20L, length(bytes) - 1L)) {
    path <- tempfile()
    writeBin(bytes[seq_len(size)], path)
    expect_error(farside:::rpc_import(path), "can not be read")
  }
  writeBin(charToRaw("this is not R"), path)
  expect_error(farside:::rpc_import(path), "can not be read")
  expect_equal(get("zz_a", globalenv()), 1)
})
