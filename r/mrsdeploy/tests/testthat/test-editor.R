# The editor's side of the handover, which answers as the administrator of the test server; `env` is for R inside it.
editor_stand_in <- function() {
  token <- "0123456789abcdef"
  editor <- stand_in("editor.mjs", c(token, "admin", test_server()$password))
  c(editor, list(env = c(FARSIDE_EDITOR = editor$url, FARSIDE_EDITOR_TOKEN = token)))
}

test_that("in the editor's terminal the session is handed over, and the password is asked there", {
  editor <- editor_stand_in()
  on.exit(editor$stop())
  out <- run_r(c(
    "library(mrsdeploy)",
    "cat('hidden:', Sys.getenv('FARSIDE_EDITOR_TOKEN') == '', Sys.getenv('FARSIDE_EDITOR') == '', '\\n')",
    "remoteLogin(Sys.getenv('URL'), diff = FALSE, prompt = 'FAR> ')",
    "remoteExecute(\"cat('there\\\\n')\")",
    "pause()",
    "resume()",
    "remoteScript('job.R', async = TRUE)",
    "cat('local\\n')",
    "remoteLogout()"
  ), via = "rscript", env = editor$env, files = list(job.R = "x <- 1"))
  expect_match(out, "hidden: TRUE TRUE")
  expect_match(out, "Your REMOTE R session is now active.", fixed = TRUE)
  expect_match(out, "there\nlocal\n")
  calls <- vapply(1:6, function(i) editor$line(), "")
  expect_equal(sub(" \\{.*", "", calls), paste("POST", c("/password", "/session", "/pause", "/resume", "/job", "/logout")))
  body <- jsonlite::fromJSON(sub("^POST /session ", "", calls[2]))
  expect_equal(body[c("prompt", "displayPlots", "writePlots", "enter")], list(
    prompt = "FAR> ", displayPlots = TRUE, writePlots = FALSE, enter = TRUE
  ))
  expect_equal(body$endpoint, test_server()$url)
  expect_true(nzchar(body$tokens$access_token) && nzchar(body$tokens$refresh_token))
})

test_that("without its editor R is as in a plain console", {
  out <- run_r(
    c("library(mrsdeploy)", login_line("diff = FALSE"), "6 * 7", "exit"),
    env = c(FARSIDE_EDITOR = "http://127.0.0.1:9", FARSIDE_EDITOR_TOKEN = "0123")
  )
  expect_match(out, "REMOTE> 6 * 7\n[1] 42", fixed = TRUE)
})

test_that("a job without a session hands the sign-in over too, since a refresh token is good once", {
  editor <- editor_stand_in()
  on.exit(editor$stop())
  out <- run_r(c(
    "library(mrsdeploy)",
    "remoteLogin(Sys.getenv('URL'), session = FALSE)",
    "remoteScript('job.R', async = TRUE)",
    "cat('kept:', !is.null(mrsdeploy:::need_connection()$tokens$refresh_token), '\\n')"
  ), via = "rscript", env = editor$env, files = list(job.R = "x <- 1"))
  expect_match(out, "kept: FALSE")
  calls <- vapply(1:2, function(i) editor$line(), "")
  expect_match(calls[2], "^POST /job .*refresh_token")
})

test_that("what the editor says of the sign-in it keeps is an error that R knows", {
  fail_editor <- get("fail_editor", asNamespace("mrsdeploy"))
  expect_error(fail_editor(401L, "It is over."), "^It is over.$", class = "mrsdeploy_notSignedIn")
  expect_error(fail_editor(503L, "Not now."), "^Not now.$", class = "mrsdeploy_unreachable")
  expect_error(fail_editor(409L, "no"), "The editor refused: no", class = "mrsdeploy_editor")
})
