test_that("three end states", {
  server <- sign_in(session = FALSE)
  expect_error(remoteExecute("1"), "no remote session", class = "mrsdeploy_noSession")
  expect_error(resume(), "no remote session", class = "mrsdeploy_noSession")
  expect_error(diffLocalRemote(), class = "mrsdeploy_noSession")
  expect_s3_class(listSnapshots(), "snapshotDetails")
  sign_in()
  expect_equal(capture.output(remoteExecute("cat(6 * 7)")), "42")
  expect_true(remoteLogout())
  expect_false(remoteLogout())
})

test_that("what goes wrong is an R error that says what to do", {
  server <- test_server()
  wrong <- function(...) remoteLogin(server$url, diff = FALSE, commandline = FALSE, ...)
  expect_error(wrong(username = "admin", password = "wrong one"), "wrong user name or password", class = "mrsdeploy_wrongCredentials")
  expect_error(wrong(), "nobody can be asked", class = "mrsdeploy_noPrompt")
  expect_error(wrong(username = "admin"), "nobody can be asked")
  expect_error(remoteLogin("http://127.0.0.1:9", username = "a", password = "b"), "can not be reached", class = "mrsdeploy_unreachable")
  expect_error(remoteLogin("ftp://host", username = "a", password = "b"), "not the address", class = "mrsdeploy_wrongUrl")
  expect_error(remoteLogin("http://me:secret@host", username = "a", password = "b"), class = "mrsdeploy_wrongUrl")
  expect_error(remoteLogin(server$url, session = NA), "session", class = "mrsdeploy_badArgument")
  expect_error(remoteLogin(server$url, diff = 1), "diff", class = "mrsdeploy_badArgument")
  expect_error(remoteLogin(server$url, prompt = NULL), "prompt", class = "mrsdeploy_badArgument")
  expect_error(wrong(username = "admin", password = server$password, session = "no-such"), "no running session", class = "mrsdeploy_noSuchSession")
})

test_that("an address is brought into one form", {
  expect_equal(mrsdeploy:::normalize_endpoint("host"), "http://host:12800")
  expect_equal(mrsdeploy:::normalize_endpoint("HTTPS://host/farside/"), "https://host/farside")
  expect_equal(mrsdeploy:::normalize_endpoint("http://host:1/"), "http://host:1")
})

test_that("a running session can be come back to", {
  server <- sign_in()
  remoteExecute("x <- 'still here'")
  id <- mrsdeploy:::state$connection$session
  expect_message(sign_in(session = id), "goes on")
  expect_equal(capture.output(remoteExecute("cat(x)")), "still here")
})

test_that("tokens are renewed, before their end and when one is refused", {
  sign_in()
  connection <- mrsdeploy:::state$connection
  # Two access tokens of the same second are the same.
  first <- connection$tokens$refresh_token
  connection$token_end <- as.numeric(Sys.time())
  remoteExecute("1")
  expect_false(identical(first, connection$tokens$refresh_token))
  connection$tokens$access_token <- paste0(connection$tokens$access_token, "x")
  expect_equal(capture.output(remoteExecute("cat('fine')")), "fine")
  connection$tokens <- list(access_token = "bad", refresh_token = "bad")
  expect_error(listRemoteFiles(), "Sign in again", class = "mrsdeploy_notSignedIn")
  expect_error(listRemoteFiles(), "Sign in again", class = "mrsdeploy_notSignedIn")
})

test_that("inside a remote session one signs in without a session, and is never asked", {
  server <- sign_in()
  code <- paste0(
    ".libPaths(c(", paste(deparse(.libPaths()), collapse = ""), "))\nlibrary(mrsdeploy)\n",
    "e <- tryCatch(remoteLogin('", server$url, "', session = FALSE), error = conditionMessage)\ncat(e, '\\n')\n",
    "remoteLogin('", server$url, "', session = FALSE, username = 'admin', password = pw)\n",
    "cat(class(listSnapshots()), '\\n')\nremoteLogout()"
  )
  inputs <- jsonlite::toJSON(list(list(name = "pw", value = server$password)), auto_unbox = TRUE)
  out <- capture.output(remoteExecute(code, inputs = as.character(inputs)))
  expect_match(out[1], "nobody can be asked")
  expect_equal(out[2], "snapshotDetails ")
})

test_that("the diff report has the layout of the original", {
  report <- mrsdeploy:::compare_r(
    list(version = "R version 3.3.2 (2016-10-31)", packages = c(assertthat = "0.1", BH = "1", base = "3.3.2", cli = "1.0")),
    list(version = "R version 3.3.2 (2016-10-31)", packages = c(base = "3.3.2", cli = "2.0", zoo = "1"))
  )
  expect_equal(mrsdeploy:::diff_lines(report), c(
    "Diff report between local and remote R sessions...",
    "",
    "Local and Remote R versions are the same: R version 3.3.2 (2016-10-31)",
    "",
    "These R packages installed on the local machine are not on the remote R instance:",
    "",
    "  Missing Packages",
    "1       assertthat",
    "2               BH",
    "",
    "These R packages have different versions:",
    "",
    "  Package Local Version Remote Version",
    "1     cli           1.0            2.0"
  ))
  mine <- mrsdeploy:::compare_r(
    list(version = "R", packages = c(base = "3")), list(version = "R", packages = c(base = "3", zoo = "1"), personal = "zoo")
  )
  expect_equal(mine$personal, data.frame(Package = "zoo", Version = "1"))
  expect_equal(tail(mrsdeploy:::diff_lines(mine), 5), c(
    "", "These R packages of the remote R instance are in your personal library:", "", "  Package Version", "1     zoo       1"
  ))
  sign_in()
  expect_match(paste(capture.output(diffLocalRemote()), collapse = "\n"), "^Diff report between local and remote R sessions\\.\\.\\.\n\nLocal and Remote R versions are the same: R version")
})

test_that("login prints the report, two empty lines and the banner, in this order", {
  out <- run_r(c("library(mrsdeploy)", login_line("prompt = 'FAR> '"), "1", "exit"))
  expect_match(out, "Diff report between.*\n\n\nYour REMOTE R session is now active\\.\nCommands:\n        - pause\\(\\).*remote session\\.\n\nFAR> 1\n\\[1\\] 1\nFAR> exit\n")
})
