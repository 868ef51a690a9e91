# A job as it runs in a worker, but for R's end: that happens at the prompt, which a test has none of.
run_as_job <- function(text, ..., args = NULL) {
  directory <- tempfile("session")
  work <- tempfile("work")
  dir.create(directory)
  dir.create(work)
  old <- setwd(work)
  on.exit(setwd(old))
  writeLines("before", "old.txt")
  script <- file.path(directory, "script.R")
  writeLines(text, script)
  session <- getFromNamespace("session", "farside")
  state <- getFromNamespace("job", "farside")
  session$directory <- directory
  on.exit({
    session$directory <- NULL
    state$directory <- NULL
  }, add = TRUE)
  failed <- NULL
  output <- capture.output(failed <- tryCatch(
    {
      # The console's own handling of an error, which ends the script and goes on, is what try() does.
      try(farside:::run_job(script, "dir/script.R", echo = FALSE, args = args, ...), silent = TRUE)
    },
    interrupt = function(i) "interrupted"
  ))
  description <- paste(readLines(file.path(directory, "job.json"), encoding = "UTF-8"), collapse = "")
  list(json = description, directory = directory, output = output, work = work)
}
has <- function(job, pattern) expect_match(job$json, pattern, fixed = TRUE)

test_that("a job that succeeds says so, with its files, results and arguments", {
  job <- run_as_job(c(
    "cat(commandArgs(TRUE), '\\n')", "job_a <- mtcars; job_b <- 1:3", "dir.create('sub')",
    "writeLines('x', 'sub/new.txt'); writeLines('y', 'old.txt', sep = '!!')"
  ), results = c("job_a", "absent"), args = c("x", "y z"))
  on.exit(rm(list = c("job_a", "job_b"), envir = globalenv()))
  expect_equal(job$output, "x y z ")
  has(job, "\"state\":\"succeeded\"")
  has(job, "\"status\":0")
  has(job, "\"name\":\"job_a\",\"class\":\"data.frame\"")
  has(job, "\"sub/new.txt\"")
  has(job, "\"old.txt\"")
  expect_false(grepl("job_b", job$json))
  expect_equal(readRDS(file.path(job$directory, "results", "1.rds")), mtcars)
})

test_that("a failure keeps its message, its calls with their places, and its frames", {
  job <- run_as_job(c("job_f <- function(x) {", "  secret <- x * 2", "  stop('no half of ', x)", "}", "job_f(21)"),
    frames = TRUE
  )
  on.exit(rm("job_f", envir = globalenv()))
  has(job, "\"state\":\"failed\"")
  has(job, "\"message\":\"no half of 21\"")
  has(job, "job_f(21) at dir/script.R:5")
  has(job, "\"frames\":true")
  expect_false(exists("last.dump", globalenv(), inherits = FALSE))
  kept <- new.env()
  load(file.path(job$directory, "frames.RData"), envir = kept)
  secrets <- lapply(kept$last.dump, function(frame) get0("secret", frame, inherits = FALSE))
  expect_equal(unlist(secrets, use.names = FALSE), 42)
})

test_that("an error that the script handles itself is none", {
  job <- run_as_job("x <- tryCatch(stop('mine'), error = function(e) 1); try(stop('also'), silent = TRUE); rm(x)")
  has(job, "\"state\":\"succeeded\"")
})

test_that("an interrupt is told apart", {
  job <- run_as_job("rlang_free <- structure(class = c('interrupt', 'condition'), list()); signalCondition(rlang_free)")
  has(job, "The job was interrupted.")
  has(job, "\"state\":\"failed\"")
})

test_that("progress is told inside a job only, and checked", {
  expect_null(farside::job_progress(0.5, "nobody asks"))
  expect_error(farside::job_progress(2), "from 0 to 1")
  expect_error(farside::job_progress("a"), "from 0 to 1")
  job <- run_as_job("farside::job_progress(0.25, 'a quarter'); stop('now')")
  has(job, "\"progress\":{\"value\":0.25,\"text\":\"a quarter\"}")
})

test_that("the first report of a young R is told at once, and so are the next; a tight loop is held back", {
  told <- "told <- function() cat(grepl('\"now\"', readLines(file.path(farside:::job$directory, 'job.json'))), '')"
  job <- run_as_job(c(
    told,
    "farside::job_progress(0.1, 'now'); told()",
    "farside::job_progress(0.2, 'then'); told(); farside::job_progress(0.3, 'now'); told()",
    "for (i in 1:100) farside::job_progress(0.4, 'later'); farside::job_progress(0.5, 'now'); told()",
    "farside::job_progress(1, 'now'); told()"
  ))
  on.exit(rm(list = c("told", "i"), envir = globalenv()))
  expect_equal(job$output, "TRUE FALSE TRUE FALSE TRUE ")
})

test_that("text of any kind is kept", {
  job <- run_as_job("stop('caf\u00e9 \"quoted\"\\n\\ttab')")
  has(job, "caf\u00e9 \\\"quoted\\\"\\u000a\\u0009tab")
})

test_that("what ends a script without an error of its own is no interrupt", {
  job <- run_as_job("withRestarts(1, never = identity); invokeRestart('job_test_leave')")
  has(job, "job_test_leave")
  left <- withRestarts(run_as_job("invokeRestart('job_test_leave', 7)"), job_test_leave = function(x) x)
  expect_equal(left, 7)
  expect_match(farside:::stopped_job(geterrmessage())$error$message, "stopped before its end")
  expect_equal(farside:::stopped_job("")$state, "failed")
})
