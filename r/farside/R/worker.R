#' Make this R process a worker
#'
#' Replaces the console by the journal and the control socket in the session directory. Called once, by
#' `start.R`, before R's first prompt.
#'
#' @param directory The session directory; `journal/`, `tail`, `ctl.sock` and `plots/` are made in it.
#' @return `NULL`, invisibly. Stops when the directory can not be used.
#' @keywords internal
start_worker <- function(directory) {
  memory <- .Call(farside_memory_limit)
  hello <- to_json(c(list(
    protocol = 1L,
    pid = Sys.getpid(),
    rVersion = paste(R.version$major, R.version$minor, sep = "."),
    rHome = R.home(),
    platform = R.version$platform,
    workdir = getwd()
  ), if (!is.null(memory)) list(limits = list(memory = memory))))
  .Call(farside_set_menu_test, is_menu)
  .Call(farside_set_evaluator, evaluate_call)
  .Call(farside_set_describer, describe_calls)
  .Call(farside_start, path.expand(directory), hello)
  plot_start(file.path(directory, "plots"))
  invisible()
}

#' Run the user's own profile
#'
#' As R does at its start: the file that `R_PROFILE_USER` names, else `.Rprofile` in the working directory, else
#' in the home directory.
#'
#' @return `NULL`, invisibly.
#' @keywords internal
.user_profile <- function() {
  named <- Sys.getenv("R_PROFILE_USER", NA)
  candidates <- if (is.na(named)) c(".Rprofile", path.expand("~/.Rprofile")) else path.expand(named)
  found <- candidates[file.exists(candidates)]
  if (length(found) > 0) source(found[1], local = globalenv(), echo = FALSE, keep.source = FALSE)
  invisible()
}

# Asked at a prompt that is not R's own: the function that called us through R's console.
is_menu <- function() {
  below <- sys.nframe() - 1L
  below > 0L && isNamespaceLoaded("utils") && identical(sys.function(below), utils::menu)
}

# The calls under way, innermost first, as JSON; asked when R crashes, so it must be simple and never stop.
describe_calls <- function() {
  calls <- rev(utils::head(sys.calls(), -1L))
  lines <- vapply(utils::head(calls, 50L), function(call) {
    substr(paste(deparse(call, nlines = 1L), collapse = " "), 1L, 100L)
  }, "")
  to_json(as.list(lines))
}
