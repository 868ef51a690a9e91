#' A script that runs on the server by itself
#'
#' What [remoteScript()] gives with `async = TRUE`. The script has an R of its own on the server; it goes on when the
#' connection breaks, and when R here ends.
#'
#' @section What a job can do:
#' - `job$id`, `job$session`: by which the server knows it.
#' - `job$state()`: `"starting"`, `"running"`, `"waiting"` (for an answer to `readline()`), `"succeeded"`, `"failed"`,
#'   `"cancelled"` or `"lost"`.
#' - `job$follow()`: shows its output, from the beginning, as it comes, until it is over. Ctrl-C stops watching, not the
#'   job.
#' - `job$wait(timeout = Inf)`: waits for its end, in seconds; gives the state.
#' - `job$result()`: waits for its end and gives the list of [remoteExecute()]; `outputParameters` are the objects that
#'   were named in `outputs`, of any class.
#' - `job$cancel()`: stops it.
#'
#' @param x,object A job.
#' @param ... Not used.
#' @return The job, invisibly.
#' @name remoteJob
#' @examples
#' server <- Sys.getenv("MRSDEPLOY_EXAMPLES_URL")
#' if (nzchar(server)) {
#'   remoteLogin(server, session = FALSE,
#'               username = "admin", password = Sys.getenv("MRSDEPLOY_EXAMPLES_PASSWORD"))
#'   path <- tempfile(fileext = ".R")
#'   writeLines("x <- sum(1:10)", path)
#'   job <- remoteScript(path, outputs = "x", async = TRUE)
#'   job$result()$outputParameters$x
#'   remoteLogout()
#' }
NULL

# Seconds between questions about a job that is not over.
job_poll_s <- 0.5

remote_job <- function(connection, info, plots) {
  # The job outlives the connection's session: it keeps what it needs to ask about itself.
  job <- list(id = info$id, session = info$session, name = info$name)
  ask <- function() http_json(connection, "GET", path_of("v2", "jobs", job$id))
  job$state <- function() ask()$state
  job$wait <- function(timeout = Inf) wait_for_job(ask, timeout)
  job$follow <- function() follow_job(connection, job, ask)
  job$result <- function() job_result(connection, job, ask, plots)
  job$cancel <- function() {
    http(connection, "POST", paste0(path_of("v2", "jobs", job$id), "/cancel"))
    invisible(ask()$state)
  }
  structure(job, class = "remoteJob")
}

is_over <- function(state) state %in% c("succeeded", "failed", "cancelled", "lost")

wait_for_job <- function(ask, timeout) {
  patience <- new_patience(new_screen())
  end <- as.numeric(Sys.time()) + timeout
  repeat {
    state <- persistently(patience, ask)$state
    if (is_over(state) || as.numeric(Sys.time()) >= end) return(state)
    Sys.sleep(job_poll_s)
  }
}

# Shows the console of the job's worker to its end.
follow_job <- function(connection, job, ask) {
  watched <- watched_session(connection, job$session)
  screen <- new_screen()
  tryCatch(
    follow_console(watched, function(events, leave) {
      for (event in events) {
        if (event$type == "output") screen$output(event$text, event$stream)
        if (event$type == "gap") screen$notice(gap_text(event))
        if (event$type == "ended") leave(NULL)
      }
    }, new_patience(screen)),
    interrupt = function(i) screen$notice("The job goes on.")
  )
  invisible(ask()$state)
}

# Another session of the same sign-in, with a place of its own in its console.
watched_session <- function(connection, session) {
  watched <- new.env(parent = emptyenv())
  watched$session <- session
  watched$cursor <- 0
  watched$endpoint <- connection$endpoint
  watched$farside <- TRUE
  watched$renew <- function(tokens) {
    renew_tokens(connection, force = TRUE)
    watched$token_end <- connection$token_end
    connection$tokens
  }
  watched$tokens <- connection$tokens
  watched$token_end <- connection$token_end
  watched
}

job_result <- function(connection, job, ask, plots) {
  wait_for_job(ask, Inf)
  info <- ask()
  watched <- watched_session(connection, job$session)
  screen <- character()
  repeat {
    events <- console_now(watched)
    for (event in events) if (event$type == "output") screen <- c(screen, event$text)
    if (!any(vapply(events, function(event) is.numeric(event$seq), NA))) break
  }
  results <- lapply(info$results, function(result) {
    path <- paste0(path_of("v2", "jobs", job$id), "/results/", encode(result$name))
    file <- tempfile("result")
    on.exit(unlink(file))
    http(connection, "GET", path, timeout = 0, into = file)
    received_value(file)
  })
  names(results) <- vapply(info$results, function(result) result$name, "")
  list(
    success = info$state == "succeeded",
    errorMessage = if (info$state == "succeeded") "" else job_message(info),
    outputParameters = results, consoleOutput = paste(screen, collapse = ""),
    changedFiles = as.character(unlist(info$files))
  )
}

job_message <- function(info) {
  if (is_string(info$error$message)) info$error$message
  else if (is_string(info$message)) info$message
  else paste0("The job is ", info$state, ".")
}

#' @rdname remoteJob
#' @export
print.remoteJob <- function(x, ...) {
  state <- tryCatch(x$state(), error = function(e) "not known now")
  cat("<remoteJob> ", clean_text(x$name), " (", x$id, "): ", state, "\n", sep = "")
  cat("$follow() shows its output, $result() waits and gives its results, $cancel() stops it.\n")
  invisible(x)
}

#' @rdname remoteJob
#' @export
summary.remoteJob <- function(object, ...) print(object)
