# A server of the original has no /v2: the documented endpoints are enough.
old_server <- function(env = parent.frame()) {
  server <- test_server()
  old <- stand_in("old-server.mjs", server$url)
  do.call(on.exit, list(substitute(stop(), list(stop = old$stop)), add = TRUE), envir = env)
  old
}

test_that("its functions work by the documented endpoints", {
  old <- old_server()
  remoteLogin(old$url, diff = FALSE, commandline = FALSE, username = "admin", password = test_server()$password)
  on.exit(remoteLogout(), add = TRUE)
  expect_equal(capture.output(result <- remoteExecute("x <- 1:3; print(x)", outputs = "x")), "[1] 1 2 3")
  expect_equal(result$outputParameters$x, 1:3)
  report <- capture.output(diffLocalRemote())
  expect_match(report[3], "^Local and Remote R versions are the same")
  value <- list(a = 1, b = "ü")
  putLocalObject("value")
  putLocalObject("value", name = "L")
  remoteExecute("back <- c(value, n = length(L))")
  on.exit(rm("back", envir = globalenv()), add = TRUE)
  expect_equal(getRemoteObject("back")$back, c(value, n = 1L))
  expect_warning(expect_null(getRemoteObject("none")), "none")
  path <- tempfile()
  writeLines("text", path)
  putLocalFile(path)
  expect_true(basename(path) %in% listRemoteFiles())
  expect_equal(getRemoteFile(basename(path)), "text\n")
  deleteRemoteFile(basename(path))
  id <- createSnapshot("old")
  expect_true(loadSnapshot(id))
  expect_true(deleteSnapshot(id))
  expect_error(remoteScript(path, async = TRUE), "Farside", class = "mrsdeploy_notSupported")
})

test_that("output is polled while the code runs", {
  old <- old_server()
  remoteLogin(old$url, diff = FALSE, commandline = FALSE, username = "admin", password = test_server()$password)
  on.exit(remoteLogout(), add = TRUE)
  before <- options(mrsdeploy.console_update = 1000)
  on.exit(options(before), add = TRUE)
  out <- capture.output(remoteExecute("for (i in 1:3) { cat('tick', i, '\\n'); Sys.sleep(0.7) }"))
  expect_equal(out, paste("tick", 1:3, ""))
})

test_that("the remote prompt takes whole expressions", {
  old <- old_server()
  out <- run_r(c(
    "library(mrsdeploy)",
    "remoteLogin(Sys.getenv('OLD'), diff = FALSE, username = 'admin', password = Sys.getenv('PASSWORD'))",
    "f <- function(a) {",
    "  a * 2",
    "}",
    "f(21)",
    "stop('oops')",
    "pause()",
    "print('local')",
    "resume()",
    "exit"
  ), env = c(OLD = old$url))
  expect_match(out, "REMOTE> f <- function(a) {\n+   a * 2\n+ }\nREMOTE> f(21)\n[1] 42\nREMOTE> stop('oops')\n", fixed = TRUE)
  expect_match(out, "oops.*REMOTE> pause\\(\\)\n> print\\('local'\\)\n\\[1\\] \"local\"\n> resume\\(\\)\nREMOTE> exit")
})
