# Streams that would let R read or write where it should not, search for ever, or use all memory or stack.

refused <- function(item, reason, head = w$header) {
  expect_error(safe(c(head, item)), reason, class = "mrsdeploy_unsafe")
}

test_that("what does not begin as R's values do is refused", {
  for (bytes in list(raw(0), raw(1), charToRaw("X\n"), charToRaw("<html>not found</html>"), as.raw(0:255))) {
    expect_error(safe(bytes), class = "mrsdeploy_unsafe")
  }
  expect_error(safe(serialize(1, NULL, ascii = TRUE)), "text format", class = "mrsdeploy_unsafe")
  expect_error(safe(charToRaw("RDA3\nA\n3\n")), "text format", class = "mrsdeploy_unsafe")
  expect_error(safe(tempfile("absent")), class = "mrsdeploy_unsafe")
  refused(w$nil, "version 9", c(charToRaw("X\n"), w$int(9L, 1L, 1L)))
  refused(w$nil, "encoding", c(charToRaw("X\n"), w$int(3L, 1L, 1L, 64L), raw(64)))
  refused(w$nil, "encoding", c(charToRaw("X\n"), w$int(3L, 1L, 1L, 9L), charToRaw("../../so/")))
  refused(w$nil, "encoding", c(charToRaw("X\n"), w$int(3L, 1L, 1L, 15L), charToRaw("ISO-2022-CN-EXT")))
  refused(c(w$nil, raw(1)), "follow its end")
})

test_that("a stream that is cut off anywhere is refused", {
  bytes <- serialize(list(a = 1:3 + 0, f = function(x) x, e = new.env(), l = letters, m = lm(dist ~ speed, cars)), NULL)
  for (n in c(seq_len(200), sample(200:(length(bytes) - 1), 200))) {
    expect_error(safe(bytes[seq_len(n)]), class = "mrsdeploy_unsafe")
  }
})

test_that("impossible lengths are refused before anything is allocated", {
  for (type in c(10L, 13L, 14L, 15L, 16L, 19L, 20L, 24L)) {
    refused(w$int(type, 2147483647L), "cut off")
    refused(w$int(type, -1L, 65536L, 0L), "cut off")
    refused(w$int(type, -1L, 65537L, 0L), "impossible length")
    refused(w$int(type, -2L), "negative length")
  }
  refused(w$list(c(w$int(9L, 2147483647L))), "string|cut off|item")
  refused(c(w$int(16L, 1L, 262153L, 2147483647L), raw(100)), "cut off")
  refused(c(w$int(16L, 1L, 262153L, -2L), raw(100)), "negative length")
  refused(c(w$int(16L, 1L, 262153L, 3L), as.raw(c(97, 0, 98)), raw(8)), "zero byte")
})

test_that("nesting has a limit, and a long pairlist none that matters", {
  refused(c(rep(w$int(19L, 1L), 200000L), w$nil), "nested")
  refused(c(rep(w$int(6L), 200000L), w$nil), "nested")
  refused(c(rep(w$int(4L, 0L), 200000L)), "nested|cut off")
  refused(rep(w$flags(13L, attr = TRUE), 1L), "cut off")
  long <- w$nil
  cells <- c(rep(c(w$int(2L), w$nil), 20000L), w$nil)
  arrived <- tryCatch(length(safe(c(w$header, cells))), mrsdeploy_unsafe = function(e) "refused")
  expect_true(identical(arrived, 20000L) || identical(arrived, "refused"))
})

test_that("references lead to what is there, of the kind that is needed", {
  refused(w$ref(1), "not in it")
  refused(c(w$int(255L), w$int(-1L)), "not in it")
  refused(w$list(w$symbol("a"), w$ref(2)), "not in it")
  refused(w$list(w$symbol("a"), w$environment(parent = w$ref(1))), "encloses")
  refused(w$list(w$environment(), w$cons(w$nil, tag = w$ref(1))), "not a symbol")
})

test_that("cells, environments and functions are made of what they must be", {
  refused(w$cons(w$nil, w$ints(1)), "ends in something else")
  refused(w$cons(w$nil, tag = w$ints(1)), "not a symbol")
  refused(w$cons(w$nil, tag = w$missing), "not a symbol")
  refused(w$environment(parent = w$ints(1)), "encloses")
  refused(w$environment(w$ints(1)), "not a list")
  refused(w$environment(w$cons(w$ints(1))), "no name")
  refused(w$environment(table = w$ints(1)), "table")
  refused(w$environment(table = w$int(19L, 0L)), "divide by zero")
  refused(w$environment(table = c(w$int(19L, 1L), w$ints(1))), "not a list")
  refused(w$environment(parent = w$ref(1)), "circle")
  refused(w$environment(parent = w$environment(parent = w$ref(1))), "circle")
  refused(w$closure(w$nil, w$ints(1)), "arguments")
  refused(w$closure(w$nil, env = w$ints(1)), "environment")
  refused(w$symbol(""), "no possible name")
  refused(c(w$int(1L), w$int(9L, -1L)), "no possible name")
  refused(w$char("a"), "R values do not have")
  refused(w$list(w$unbound), "no value")
  refused(w$int(99L), "R values do not have")
  for (type in c(245L, 246L, 244L, 243L, 240L, 239L)) refused(w$int(type), "R values do not have")
})

test_that("attributes fit what they are attributes of", {
  attributed <- function(...) w$ints(1:4, w$attributes(...))
  refused(attributed(dim = w$ints(c(1e6, 1e6))), "dimensions")
  refused(attributed(dim = w$ints(c(2, 3))), "dimensions")
  refused(attributed(dim = w$ints(c(-2, -2))), "negative dimension")
  refused(attributed(dim = w$ints(rep(46341, 20))), "dimensions")
  refused(attributed(dim = w$reals(c(2, 2))), "dimensions")
  refused(attributed(dim = w$ints(integer())), "dimensions")
  refused(attributed(dim = w$ints(4), dim = w$ints(4)), "twice")
  refused(attributed(names = w$strings("a")), "names than elements")
  refused(attributed(names = w$ints(1:4)), "names than elements")
  refused(attributed(dim = w$ints(c(2, 2)), dimnames = w$list(w$strings("a"), w$nil)), "names than elements")
  refused(attributed(dim = w$ints(c(2, 2)), dimnames = w$list(w$nil)), "names of the dimensions")
  refused(attributed(dimnames = w$list(w$nil)), "names of the dimensions")
  refused(attributed(levels = w$strings("a", "b"), class = w$strings("factor")), "none of its levels")
  refused(w$ints(c(0, 1), w$attributes(levels = w$strings("a"), class = w$strings("factor"))), "none of its levels")
  refused(w$ints(1, w$attributes(levels = w$ints(1), class = w$strings("factor"))), "levels")
  refused(attributed(class = w$ints(1)), "class")
  refused(attributed(tsp = w$reals(c(1, 2))), "times")
  refused(w$ints(1, w$cons(w$ints(1))), "list of names")
  refused(w$ints(1, w$ints(1)), "list of names")
  refused(w$cons(w$nil, attr = w$attributes(dim = w$ints(1))), "no vector")
})

test_that("data frames have columns and row names of one length", {
  frame <- function(rows, ...) {
    w$list(..., attr = w$attributes(
      names = w$strings(letters[seq_along(list(...))]), class = w$strings("data.frame"), row.names = rows
    ))
  }
  short <- w$ints(c(NA, -2))
  expect_identical(safe(c(w$header, frame(short, w$ints(1:2)))), data.frame(a = 1:2))
  refused(frame(short, w$ints(1:2), w$ints(1:3)), "different lengths")
  refused(frame(w$ints(c(NA, -1e9)), w$ints(1:2)), "rows by name")
  refused(frame(w$ints(c(NA, NA)), w$ints(1:2)), "names of the rows")
  refused(frame(w$list(), w$ints(1:2)), "names of the rows")
})

test_that("what is compressed to almost nothing does not fill the disk", {
  bomb <- memCompress(raw(3e6), "gzip")
  file <- tempfile(fileext = ".gz")
  on.exit(unlink(file))
  to <- gzfile(file, "wb")
  writeBin(raw(3e6), to)
  close(to)
  withr <- options(mrsdeploy.expand = 1e6)
  on.exit(options(withr), add = TRUE)
  expect_error(safe(file), "would expand to more than", class = "mrsdeploy_unsafe")
  expect_error(safe(as.raw(c(0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6))), class = "mrsdeploy_unsafe")
})
