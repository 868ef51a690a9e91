# The attack corpus: streams that serialize() never writes. docs/safe-objects.md lists it.

refused <- function(item, reason, head = w$header) {
  bytes <- c(head, item)
  expect_error(safe(bytes), reason, class = "mrsdeploy_unsafe")
  file <- tempfile()
  on.exit(unlink(file))
  writeBin(bytes, file)
  expect_error(safe(file), reason, class = "mrsdeploy_unsafe")
  expect_false(fired())
}

test_that("the builder writes what R reads", {
  item <- w$list(w$ints(1:3), w$strings("a"), w$call("sum", w$ints(1)), attr = w$attributes(names = w$strings("a", "b", "c")))
  expect_identical(unserialize(c(w$header, item)), list(a = 1:3, b = "a", c = quote(sum(1L))), ignore_attr = TRUE)
  expect_identical(safe(c(w$header, item))$c, call("sum", 1L))
  # R itself falls for it (CVE-2024-27322), which is what this is about.
  victim <- new.env()
  delayedAssign("x", file.create(canary), assign.env = victim)
  touched <- unserialize(c(w$header, w$environment(w$cons(w$promise(w$fire()), tag = w$symbol("x")))))
  get("x", touched)
  expect_true(fired())
  unlink(canary)
})

test_that("promises anywhere are not run: top level, lists, attributes, pairlists, calls, functions, ...", {
  evil <- w$promise(w$fire())
  places <- list(
    top = evil, list = w$list(evil), pairlist = w$cons(evil, tag = w$symbol("x")),
    attribute = w$ints(1, w$attributes(note = evil)), expression = w$list(evil, type = 20L),
    nested = w$promise(w$fire(), value = w$promise(w$fire())), inside = w$list(w$list(w$list(evil))),
    environment = w$environment(w$cons(evil, tag = w$symbol("x"))),
    table = w$environment(table = c(w$int(19L, 1L), w$cons(evil, tag = w$symbol("x")))),
    call = w$call("identity", evil), body = w$closure(evil), default = w$closure(w$symbol("x"), w$cons(evil, tag = w$symbol("x"))),
    dots = w$environment(w$cons(w$cons(evil, type = 17L), tag = w$symbol("..."))),
    pointer = c(w$int(22L), evil, evil), s4 = c(w$flags(25L, TRUE, TRUE), w$attributes(slot = evil, class = w$strings("k")))
  )
  for (name in names(places)) {
    expect_warning(arrived <- safe(c(w$header, places[[name]])), class = "mrsdeploy_replaced")
    capture.output(try(suppressWarnings(print(arrived)), silent = TRUE))
    try(suppressWarnings(str(arrived)), silent = TRUE)
    try(suppressWarnings(if (is.function(arrived)) arrived()), silent = TRUE)
    try(suppressWarnings(if (is.environment(arrived)) as.list(arrived)), silent = TRUE)
    expect_false(fired(), label = name)
  }
})

test_that("what replaces a promise stops when it is used, with the reason", {
  evil <- w$promise(w$fire())
  expect_warning(arrived <- safe(c(w$header, w$list(evil, w$ints(1)))), class = "mrsdeploy_replaced")
  mark <- arrived[[1]]
  uses <- list(
    quote(print(mark)), quote(mark + 1), quote(1 + mark), quote(sum(mark)), quote(mark$x), quote(mark[[1]]),
    quote(as.numeric(mark)), quote(mark[1]), quote(abs(mark)), quote(as.character(mark)), quote(mark == 1)
  )
  for (use in uses) expect_error(eval(use), "unevaluated promise", class = "mrsdeploy_unevaluated")
  expect_warning(f <- safe(c(w$header, w$closure(evil))), class = "mrsdeploy_replaced")
  expect_error(f(), class = "mrsdeploy_unevaluated")
  expect_warning(top <- safe(c(w$header, evil)), class = "mrsdeploy_replaced")
  expect_error(print(top), class = "mrsdeploy_unevaluated")
})

test_that("active bindings are refused, in R's own objects and forged", {
  e <- new.env()
  makeActiveBinding("x", function() file.create(canary), e)
  refused(serialize(e, NULL), "active binding", head = raw())
  refused(serialize(list(1, e), NULL, xdr = FALSE), "active binding", head = raw())
  cell <- w$cons(w$closure(w$fire()), tag = w$symbol("x"), levels = 32768)
  refused(w$environment(cell), "active binding")
  refused(w$environment(table = c(w$int(19L, 1L), cell)), "active binding")
  refused(w$list(cell), "active binding")
  refused(w$closure(w$nil, cell), "active binding")
  expect_true(bindingIsActive("x", safe(serialize(e, NULL), trust = TRUE)))
  expect_false(fired())
})

test_that("vectors whose reading runs the code of a package, or opens a file, are refused", {
  mapped <- w$list(w$strings("/etc/passwd"), w$ints(c(1, 1, 1)))
  refused(w$altrep("mmap_integer", "base", mapped), "only code of that package")
  refused(w$altrep("mmap_real", "base", mapped, type = 14L), "only code of that package")
  refused(w$altrep("vroom_chr", "vroom", w$ints(1), type = 16L), "package \"vroom\"")
  refused(w$altrep("x", "../../evil", w$ints(1)), "only code of that package")
  refused(w$altrep("compact_intseq", "base", w$reals(c(-5, 1, 1))), "sequence")
  refused(w$altrep("compact_intseq", "base", w$reals(c(1e18, 1, 1))), "sequence")
  refused(w$altrep("compact_intseq", "base", w$reals(c(10, 2147483647, 1))), "sequence")
  refused(w$altrep("compact_intseq", "base", w$reals(c(10, 1, 7))), "sequence")
  refused(w$altrep("compact_intseq", "base", w$reals(c(10, NaN, 1))), "sequence")
  refused(w$altrep("compact_intseq", "base", w$ints(c(10, 1, 1))), "sequence")
  refused(w$altrep("compact_realseq", "base", w$reals(1)), "sequence")
  refused(w$altrep("deferred_string", "base", w$cons(w$strings("a"), w$ints(0)), type = 16L), "text")
  refused(w$altrep("deferred_string", "base", w$cons(w$ints(1), w$ints(2147483647)), type = 16L), "text")
  refused(w$altrep("wrap_integer", "base", w$cons(w$strings("a"), w$ints(c(1, 1)))), "malformed")
  refused(w$altrep("compact_intseq", "base", w$reals(c(10, 1, 1)), type = 16L), "class of a vector")
  refused(w$altrep("compact_intseq", "base", w$reals(c(10, 1, 1)), type = 2147483647L), "class of a vector")
  refused(w$altrep("wrap_string", "base", w$cons(w$ints(1), w$ints(c(1, 1))), type = 16L), "malformed")
})

test_that("a wrapper that lies about order is taken off", {
  lie <- w$altrep("wrap_integer", "base", w$cons(w$ints(c(3, NA, 1)), w$ints(c(1, 1))))
  arrived <- safe(c(w$header, lie))
  expect_identical(arrived, c(3L, NA, 1L))
  expect_true(anyNA(arrived) && is.unsorted(arrived, na.rm = TRUE))
})

test_that("R's own functions can not be changed or reached around", {
  primitive <- function(name, type = 8L, ...) c(w$flags(type, ...), w$int(nchar(name)), charToRaw(name))
  expect_identical(safe(c(w$header, primitive("sum"))), sum)
  refused(c(primitive("sum", attr = TRUE, object = TRUE), w$attributes(class = w$strings("evil"))), "change R's own")
  refused(primitive("sum", object = TRUE), "change R's own")
  refused(primitive("sum", levels = 16), "change R's own")
  refused(c(primitive("nothing like it", attr = TRUE), w$attributes(class = w$strings("evil"))), "not a function")
  refused(primitive("sum", 7L), "not a function")
  refused(primitive("if"), "not a function")
  refused(primitive("system"), "not a function")
  refused(primitive(strrep("x", 5000)), "no possible name")
  refused(c(w$int(8L), w$int(-1L)), "no possible name")
  expect_null(attributes(sum))
  expect_null(attributes(NULL))
})

test_that("a package is loaded only by a name that a library has", {
  hidden <- file.path(tempdir(), "evilpkg")
  dir.create(hidden, showWarnings = FALSE)
  up <- paste0(strrep("../", 20), substring(hidden, 2))
  for (name in c(up, hidden, "a/b", "..", "1x", "x", "utils\n", "C:\\x", "sta ts")) {
    refused(w$package(249L, name, "1.0"), "not the name of a package|malformed")
    refused(w$package(248L, paste0("package:", name)), "not the name of a package|malformed")
  }
  expect_warning(e <- safe(c(w$header, w$list(w$package(249L, "notinstalledanywhere", "1.0")))), class = "mrsdeploy_absent")
  expect_identical(e, list(globalenv()))
  attached <- search()
  expect_warning(safe(c(w$header, w$package(248L, "package:parallel"))), class = "mrsdeploy_absent")
  expect_identical(search(), attached)
  refused(w$package(247L, "name"), "only its writer knows")
})

test_that("bytecode is never run: its expression takes its place", {
  code <- function(const, n = 1L) c(w$int(21L, 0L), w$ints(c(12, 99999, -1, 1e9)), w$int(n), const)
  arrived <- safe(c(w$header, w$closure(code(c(w$int(0L), w$ints(7))))))
  expect_identical(arrived(), 7L)
  refused(w$closure(code(raw(), 0L)), "without the expression")
  refused(w$closure(code(w$int(21L))), "without the expression")
  refused(w$closure(code(c(w$int(243L), w$int(0L)))), "not in it")
  refused(w$closure(code(c(w$int(243L), w$int(-5L)))), "not in it")
  cyclic <- c(w$int(21L, 1L), w$ints(12), w$int(1L), w$int(244L, 0L, 6L), w$nil, w$int(0L), w$symbol("f"), w$int(243L, 0L))
  refused(w$closure(cyclic), "before its end")
  refused(w$closure(c(w$int(21L, 2147483647L), w$ints(12))), "malformed")
})
