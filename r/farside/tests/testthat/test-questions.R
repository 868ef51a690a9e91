value_of <- function(json) {
  skip_if_not_installed("jsonlite")
  jsonlite::fromJSON(json, simplifyVector = FALSE)
}

local_global <- function(..., env = parent.frame()) {
  values <- list(...)
  list2env(values, globalenv())
  do.call(on.exit, list(bquote(rm(list = .(names(values)), envir = globalenv())), TRUE), envir = env)
}

test_that("objects are described without their own methods", {
  local_global(zz_df = data.frame(a = 1:3), zz_odd = structure(list(1, 2), class = "zz_class"))
  registerS3method("length", "zz_class", function(x) stop("a method ran"), envir = globalenv())
  objects <- value_of(farside:::rpc_objects())
  by_name <- setNames(objects, vapply(objects, `[[`, "", "name"))
  expect_equal(by_name$zz_df$dim, list(3L, 1L))
  expect_equal(by_name$zz_odd$length, 2L)
  expect_equal(by_name$zz_odd$class, list("zz_class"))
})

test_that("objects travel and come back", {
  local_global(zz_a = 1:3, zz_b = list(x = "caf\u00e9"))
  for (compress in c(FALSE, TRUE)) {
    file <- tempfile()
    writeBin(farside:::rpc_serialize(c("zz_a", "zz_b"), compress), file)
    into <- new.env()
    expect_equal(load(file, into), c("zz_a", "zz_b"))
    expect_equal(into$zz_b, list(x = "caf\u00e9"))
  }
  saveRDS("from a file", file)
  farside:::rpc_assign_file("zz_a", file)
  expect_equal(get("zz_a", globalenv()), "from a file")
  writeBin(serialize(9, NULL), file)
  farside:::rpc_assign_file("zz_a", file)
  expect_equal(get("zz_a", globalenv()), 9)
  expect_error(farside:::rpc_serialize("zz_absent"), "no object \"zz_absent\"")
  expect_error(farside:::rpc_remove("zz_absent"), "no object")
})

test_that("values have the encodings of the REST API", {
  local_global(
    zz_frame = data.frame(n = c(1.5, NA), s = c("a", "b")), zz_matrix = matrix(1:4, 2), zz_scalar = 0.64,
    zz_factor = factor(c("u", "v")), zz_day = as.Date("2020-02-29"), zz_row = data.frame(p = 0.533)
  )
  values <- value_of(farside:::rpc_values(c("zz_frame", "zz_matrix", "zz_scalar", "zz_factor", "zz_day", "zz_row")))
  values <- setNames(lapply(values, `[[`, "value"), vapply(values, `[[`, "", "name"))
  expect_equal(values$zz_frame, list(n = list(1.5, NULL), s = list("a", "b")))
  expect_equal(values$zz_matrix, list(list(1L, 3L), list(2L, 4L)))
  expect_equal(values$zz_scalar, 0.64)
  expect_equal(values$zz_factor, list("u", "v"))
  expect_equal(values$zz_day, "2020-02-29")
  expect_equal(values$zz_row, list(p = list(0.533)))
})

test_that("values that are no plain columns have a form too", {
  frame <- data.frame(day = as.Date("2020-02-29"), at = as.POSIXct("2020-02-29 00:00:00"), f = factor("u"))
  frame$l <- I(list(1:2))
  frame$m <- matrix(1:2, 1)
  local_global(
    zz_frame = frame, zz_at = as.POSIXlt("2020-02-29 00:00:00"), zz_raw = as.raw(c(1, 255)),
    zz_span = as.difftime(2, units = "mins"),
    zz_ints = c(a = 1L, b = NA), zz_flags = c(TRUE, NA), zz_none = character(), zz_null = NULL,
    zz_list = list(a = 1:2, list("x")), zz_empty = data.frame(a = numeric()), zz_cells = matrix(c("a", NA), 1)
  )
  expect_equal(
    farside:::rpc_values("zz_frame"),
    paste0(
      "[{\"name\":\"zz_frame\",\"value\":{\"day\":[\"2020-02-29\"],\"at\":[\"2020-02-29 00:00:00\"],",
      "\"f\":[\"u\"],\"l\":[[1,2]],\"m\":[[1,2]]}}]"
    )
  )
  form <- function(name) sub("^.*\"value\":(.*)\\}\\]$", "\\1", farside:::rpc_values(name))
  expect_equal(form("zz_at"), "\"2020-02-29 00:00:00\"")
  expect_equal(form("zz_raw"), "\"01ff\"")
  expect_equal(form("zz_span"), "2")
  expect_equal(form("zz_ints"), "[1,null]")
  expect_equal(form("zz_flags"), "[true,null]")
  expect_equal(form("zz_none"), "[]")
  expect_equal(form("zz_null"), "null")
  expect_equal(form("zz_list"), "{\"a\":[1,2],\"\":[\"x\"]}")
  expect_equal(form("zz_empty"), "{\"a\":[]}")
  expect_equal(form("zz_cells"), "[[\"a\",null]]")
  local_global(zz_function = function() 1)
  expect_error(farside:::rpc_values("zz_function"), "class \"function\" has no JSON form")
})

test_that("a small file that unpacks to much is refused before it is unpacked", {
  file <- tempfile()
  on.exit(unlink(file))
  local_global(zz_a = NULL)
  for (compress in c("gzip", "bzip2", "xz")) {
    saveRDS(raw(1e6), file, compress = compress)
    expect_error(farside:::rpc_assign_file("zz_a", file, 1e5), "more than .* when it is unpacked")
    expect_null(get("zz_a", globalenv()))
    farside:::rpc_assign_file("zz_a", file, 2e6)
    expect_length(get("zz_a", globalenv()), 1e6)
    assign("zz_a", NULL, globalenv())
  }
})

test_that("completion gives the place and the items, in characters", {
  local_global(zz_completed = list(alpha = 1))
  complete <- function(line, cursor = nchar(line)) value_of(farside:::rpc_complete(line, cursor))
  expect_equal(complete("zz_comp"), list(from = 0L, items = list("zz_completed")))
  expect_equal(complete("\"\u65e5\"; zz_comp"), list(from = 5L, items = list("zz_completed")))
  expect_equal(complete("zz_completed$al")$items, list("zz_completed$alpha"))
  expect_equal(complete("mean(zz_comp + 1", 12L)$from, 5L)
  expect_equal(complete("qqqzzz")$items, list())
})

test_that("completion forces no promise and runs no active binding", {
  delayedAssign("zz_late", stop("forced"), assign.env = globalenv())
  makeActiveBinding("zz_active", function() stop("ran"), globalenv())
  on.exit(rm("zz_late", "zz_active", envir = globalenv()))
  expect_equal(value_of(farside:::rpc_complete("zz_late$a", 9L))$items, list())
  expect_equal(value_of(farside:::rpc_complete("zz_active$a", 11L))$items, list())
  expect_true(farside:::is_promise("zz_late", globalenv()))
})

test_that("text parses or says where it does not", {
  expect_equal(farside:::rpc_parse("1 +\n1"), "{\"ok\":true}")
  problem <- value_of(farside:::rpc_parse("a\nb c"))
  expect_false(problem$ok)
  expect_equal(problem$line, 2L)
  expect_match(problem$message, "unexpected symbol")
})

test_that("packages are listed for any R", {
  about <- value_of(farside:::rpc_packages())
  expect_equal(about$version, R.version.string)
  names <- vapply(about$packages, `[[`, "", "name")
  expect_true(all(c("base", "stats") %in% names))
  expect_false(anyDuplicated(names) > 0)
  expect_null(unlist(lapply(about$packages, `[[`, "personal")))
})

test_that("packages of a personal library come first and are marked", {
  personal <- tempfile("personal")
  on.exit(unlink(personal, recursive = TRUE))
  expect_equal(farside:::rpc_packages(personal), farside:::rpc_packages())
  meta <- readRDS(system.file("Meta", "package.rds", package = "stats"))
  meta$DESCRIPTION["Version"] <- "99.0"
  home <- file.path(personal, farside:::r_series(), "stats", "Meta")
  dir.create(home, recursive = TRUE)
  saveRDS(meta, file.path(home, "package.rds"))
  packages <- value_of(farside:::rpc_packages(personal))$packages
  marked <- Filter(function(package) isTRUE(package$personal), packages)
  expect_equal(marked, list(list(name = "stats", version = "99.0", personal = TRUE)))
  expect_equal(sum(vapply(packages, `[[`, "", "name") == "stats"), 1L)
})
