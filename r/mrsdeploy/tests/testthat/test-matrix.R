# Every function: signed out, with a session that ended, and with a server that is killed and comes back in the middle.
# Right and wrong use are in the test file of each.

local_file <- function() {
  path <- tempfile()
  writeLines("content", path)
  path
}

uses_session <- list(
  remoteExecute = function() remoteExecute("1"),
  remoteScript = function() remoteScript(local_file(), displayPlots = FALSE, writePlots = FALSE),
  diffLocalRemote = function() diffLocalRemote(),
  remoteCommandLine = function() remoteCommandLine(),
  pause = function() pause(),
  resume = function() resume(),
  listRemoteFiles = function() listRemoteFiles(),
  putLocalFile = function() putLocalFile(local_file(), "f"),
  getRemoteFile = function() getRemoteFile("f"),
  deleteRemoteFile = function() deleteRemoteFile("f"),
  putLocalObject = function() putLocalObject("T"),
  getRemoteObject = function() getRemoteObject("x"),
  putLocalWorkspace = function() putLocalWorkspace(),
  getRemoteWorkspace = function() getRemoteWorkspace(),
  createSnapshot = function() createSnapshot("s"),
  loadSnapshot = function() loadSnapshot("00000000-0000-0000-0000-000000000000")
)
uses_sign_in <- list(
  listSnapshots = function() listSnapshots(),
  downloadSnapshot = function() downloadSnapshot("00000000-0000-0000-0000-000000000000"),
  deleteSnapshot = function() deleteSnapshot("00000000-0000-0000-0000-000000000000"),
  `remoteScript(async)` = function() remoteScript(local_file(), async = TRUE)
)

test_that("signed out", {
  remoteLogout()
  for (name in names(c(uses_session, uses_sign_in))) {
    expect_error(c(uses_session, uses_sign_in)[[name]](), "Sign in with", class = "mrsdeploy_notSignedIn", info = name)
  }
  expect_false(remoteLogout())
})

test_that("the session ended", {
  sign_in()
  connection <- mrsdeploy:::state$connection
  gone <- connection$session
  mrsdeploy:::http(connection, "DELETE", mrsdeploy:::path_of("sessions", gone))
  # Files stay readable, the report is about the server, and pause() asks nobody.
  others <- c("diffLocalRemote", "pause", "listRemoteFiles", "putLocalFile", "getRemoteFile", "deleteRemoteFile")
  assign("something", 1, globalenv())
  on.exit(rm("something", envir = globalenv()), add = TRUE)
  # The remote prompt says so and is left.
  prompts <- c("remoteCommandLine", "resume")
  for (name in prompts) {
    connection$session <- gone
    connection$cursor <- 1
    expect_message(uses_session[[name]](), "has ended", info = name)
    expect_null(connection$session, info = name)
  }
  for (name in setdiff(names(uses_session), c(others, prompts))) {
    connection$session <- gone
    connection$at <- NULL
    connection$cursor <- 1
    expect_error(suppressWarnings(capture.output(uses_session[[name]]())), class = "mrsdeploy_error", info = name)
  }
  expect_error(resume(), "ended", class = "mrsdeploy_noSession")
  expect_s3_class(listSnapshots(), "snapshotDetails")
})

test_that("the server is killed and comes back in the middle", {
  server <- sign_in()
  remoteExecute("x <- 1")
  server$down()
  expect_error(listRemoteFiles(), "can not be reached", class = "mrsdeploy_unreachable")
  expect_error(remoteLogin(server$url, username = "a", password = "b"), class = "mrsdeploy_unreachable")
  server$up()
  expect_equal(capture.output(remoteExecute("cat(x)")), "1")
  expect_true(putLocalFile(local_file(), "f"))
  expect_equal(getRemoteFile("f"), "content\n")
})

test_that("code that runs while the server is killed has its result, and its output once", {
  server <- test_server()
  go <- tempfile("go")
  r <- beside(c(
    "library(mrsdeploy)",
    login_line("diff = FALSE, commandline = FALSE"),
    paste0("code <- \"cat('begun\\n'); while (!file.exists('", go, "')) Sys.sleep(0.05); y <- 42; cat('done\\n')\""),
    "r <- remoteExecute(paste(code, 'cat(1, file = \"made.txt\")', sep = ';'), outputs = 'y')",
    "cat('RESULT', r$success, r$outputParameters$y, 'made.txt' %in% r$changedFiles, '\\n')",
    "remoteLogout()"
  ))
  r$see("begun")
  server$down()
  server$up()
  file.create(go)
  out <- r$rest()
  expect_equal(sum(out == "begun"), 1L)
  expect_equal(sum(out == "done"), 1L)
  expect_true("RESULT TRUE 42 TRUE " %in% out)
})

test_that("the remote prompt goes on where it was after the server was killed", {
  server <- test_server()
  go <- tempfile("go")
  r <- beside(c(
    "library(mrsdeploy)",
    login_line("diff = FALSE"),
    paste0("cat('begun\\n'); while (!file.exists('", go, "')) Sys.sleep(0.05); cat('done\\n')"),
    "cat('next\\n')",
    "exit"
  ))
  r$see("begun")
  server$down()
  server$up()
  file.create(go)
  out <- r$rest()
  expect_equal(out[out %in% c("begun", "done", "next")], c("begun", "done", "next"))
})
