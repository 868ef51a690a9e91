# A script with a worker of its own: runs it, keeps its state in `job.json` in the session's directory, and ends R.
# Whoever asks how the job is reads that file: no question to R, and the answer is there when R is not.

# Set by start_worker().
session <- new.env(parent = emptyenv())
session$directory <- NULL

# The job of this worker; `directory` is NULL outside a job.
job <- new.env(parent = emptyenv())
job$directory <- NULL

# Names of more files than this are not listed: nobody reads them, and the job's description is read often.
max_job_files <- 1000L
# Frames of a failure that take more than this in their file are not kept.
max_frames_bytes <- 256 * 1024^2
# So many reports are written at once, then so many a second: a loop that reports each turn does not pay for it, and the
# last report before a long computation is written.
progress_burst <- 20
progress_per_s <- 5

# results: TRUE for the whole workspace, FALSE for nothing, or names. frames: keep those of a failure.
run_job <- function(path, name, echo = TRUE, args = NULL, results = FALSE, frames = FALSE) {
  begin_job(session$directory)
  outcome <- NULL
  said <- geterrmessage()
  on.exit(finish_job(if (is.null(outcome)) stopped_job(said) else outcome, results))
  withCallingHandlers(
    run_file(path, name, echo, args),
    error = function(e) {
      calls <- sys.calls()
      outcome <<- failed_job(conditionMessage(e), job_traceback(calls))
      if (frames) keep_frames(file.path(job$directory, "frames.RData"))
    },
    interrupt = function(i) outcome <<- failed_job("The job was interrupted.")
  )
  outcome <- list(state = "succeeded")
  invisible()
}

failed_job <- function(message, traceback = character()) {
  list(state = "failed", error = list(message = message, traceback = I(traceback)))
}

# R runs no handler when its stack is full: what is known then is what it printed. said: its last error before.
stopped_job <- function(said) {
  text <- geterrmessage()
  if (identical(text, said)) return(failed_job("The script was stopped before its end."))
  failed_job(sub("^Error[^:\n]*: *", "", trimws(text)))
}

begin_job <- function(directory) {
  job$directory <- directory
  job$description <- list(state = "running", started = now_ms(), files = list(), results = list(), frames = FALSE)
  job$progress_left <- progress_burst
  job$progress_at <- proc.time()[["elapsed"]]
  job$before <- file_stamps()
  write_job()
}

# R is asked to end only when it is back at its prompt: the error is printed first, and so are warnings.
finish_job <- function(outcome, results) {
  kept <- tryCatch(keep_results(results), error = function(e) {
    message("The results were not kept: ", conditionMessage(e))
    list()
  })
  status <- if (outcome$state == "succeeded") 0L else 1L
  update_job(c(outcome, list(ended = now_ms(), status = status, files = I(changed_files()), results = kept)))
  .Call(farside_before_prompt, function() end_job(status))
}

# An error in .Last would stop quit() and leave a job that is over waiting at a prompt, with nobody there.
end_job <- function(status) {
  for (name in c(".Last", ".Last.sys")) {
    last <- get0(name, globalenv(), mode = "function")
    if (is.null(last)) next
    tryCatch(last(), error = function(e) {
      message("Error in ", name, "(): ", conditionMessage(e))
      status <<- max(status, 1L)
    })
  }
  quit("no", status, runLast = FALSE)
}

#' Say how far a job is
#'
#' For scripts that run as a job: shown in the list of jobs. Elsewhere it does nothing, so a script may always call it.
#'
#' @param value From 0 to 1.
#' @param text What the script is doing, in a few words.
#' @return `NULL`, invisibly. A value that is no number from 0 to 1 is an error.
#' @export
job_progress <- function(value, text = "") {
  if (!is.numeric(value) || length(value) != 1L || is.na(value) || value < 0 || value > 1) {
    stop("`value` must be a number from 0 to 1.")
  }
  if (is.null(job$directory)) return(invisible())
  job$description$progress <- list(value = value, text = substr(paste(text, collapse = " "), 1L, 200L))
  if (may_tell_progress() || value == 1) write_job()
  invisible()
}

# A token bucket.
may_tell_progress <- function() {
  now <- proc.time()[["elapsed"]]
  left <- min(progress_burst, job$progress_left + (now - job$progress_at) * progress_per_s)
  job$progress_at <- now
  job$progress_left <- if (left < 1) left else left - 1
  left >= 1
}

# ---- the description ----

update_job <- function(changes) {
  job$description[names(changes)] <- changes
  write_job()
}

# Whole or not at all. A full disk must not end the script.
write_job <- function() {
  path <- file.path(job$directory, "job.json")
  temporary <- paste0(path, ".new")
  tryCatch(suppressWarnings({
    writeLines(enc2utf8(to_json(job$description)), temporary, useBytes = TRUE)
    file.rename(temporary, path)
  }), error = function(e) NULL)
  invisible()
}

now_ms <- function() round(as.numeric(Sys.time()) * 1000)

# ---- files ----

file_stamps <- function() {
  files <- list.files(recursive = TRUE, all.files = FALSE)
  info <- file.info(files, extra_cols = FALSE)
  structure(paste(info$size, as.numeric(info$mtime)), names = files)
}

# Made or changed since the job began.
changed_files <- function() {
  now <- file_stamps()
  utils::head(names(now)[is.na(match(paste(names(now), now), paste(names(job$before), job$before)))], max_job_files)
}

# ---- results ----

keep_results <- function(wanted) {
  if (identical(wanted, FALSE)) return(list())
  there <- ls(globalenv())
  names <- if (isTRUE(wanted)) there else intersect(wanted, ls(globalenv(), all.names = TRUE))
  for (missing in setdiff(if (isTRUE(wanted)) character() else wanted, names)) {
    message("There is no object \"", missing, "\" to keep as a result.")
  }
  directory <- file.path(job$directory, "results")
  dir.create(directory, showWarnings = FALSE, mode = "0700")
  Filter(Negate(is.null), lapply(seq_along(names), function(i) keep_result(names[i], directory, i)))
}

# One that can not be saved does not take the others with it.
keep_result <- function(name, directory, number) {
  file <- paste0(number, ".rds")
  path <- file.path(directory, file)
  tryCatch({
    value <- get(name, globalenv())
    saveRDS(value, path)
    list(name = name, class = class(value)[1L], size = file.size(path), file = file)
  }, error = function(e) {
    unlink(path)
    message("The object \"", name, "\" was not kept as a result: ", conditionMessage(e))
    NULL
  })
}

# ---- failures ----

# The user's calls, innermost first, each with its place in a file where that is known.
job_traceback <- function(calls) {
  vapply(rev(user_calls(calls)), function(call) {
    text <- paste(deparse(call, nlines = 1L)[1L], collapse = "")
    ref <- attr(call, "srcref")
    file <- if (is.null(ref)) "" else attr(ref, "srcfile")$filename
    place <- if (length(file) == 1L && nzchar(file)) paste0(" at ", file, ":", ref[1L]) else ""
    paste0(substr(text, 1L, 200L), place)
  }, "")
}

# Between run_file()'s own frames and those of the handler that asks.
user_calls <- function(calls) {
  is_run <- vapply(calls, function(call) is.call(call) && identical(call[[1L]], as.name("run_file")), NA)
  begin <- max(which(is_run), 0L) + run_file_frames
  end <- innermost_frame(calls)
  if (end <= begin) list() else calls[(begin + 1L):end]
}

# For load() and utils::debugger(). dump.frames() can only write to the global environment, which is put back.
keep_frames <- function(path) {
  name <- "last.dump"
  old <- globalenv()[[name]]
  tryCatch({
    utils::dump.frames(name)
    save(list = name, file = path, envir = globalenv())
    job$description$frames <- file.size(path) <= max_frames_bytes
    if (!job$description$frames) unlink(path)
  }, error = function(e) message("The frames of the failure were not kept: ", conditionMessage(e)))
  if (is.null(old)) rm(list = intersect(name, ls(globalenv())), envir = globalenv())
  else assign(name, old, globalenv())
}
