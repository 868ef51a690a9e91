# `inst/start.R` is what R runs as its user profile: one line that calls become_worker(). It has no newline at its end:
# the user's own profile is read behind it as if it were the same file, so lines keep their numbers in R's messages.
# Set by the launcher: FARSIDE_SESSION_DIR, FARSIDE_LIB, and FARSIDE_ORIGINAL_R_PROFILE_USER where there was one.
become_worker <- function() {
  own <- Sys.getenv("R_PROFILE_USER")
  original <- Sys.getenv("FARSIDE_ORIGINAL_R_PROFILE_USER", NA)
  directory <- Sys.getenv("FARSIDE_SESSION_DIR")
  lease <- suppressWarnings(as.numeric(Sys.getenv("FARSIDE_LEASE_MS", "0")))
  Sys.unsetenv(c(grep("^FARSIDE_", names(Sys.getenv()), value = TRUE), "R_PROFILE_USER"))
  if (!is.na(original)) Sys.setenv(R_PROFILE_USER = original)
  start_worker(directory, lease)
  continue_profile(own)
}

# Replaces the console by the journal and the control socket in the session directory, and stops when that can not be.
# lease: milliseconds without a reader after which the session ends; 0: never.
start_worker <- function(directory, lease = 0) {
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
  .Call(farside_start, path.expand(directory), hello, as.numeric(lease))
  plot_start(file.path(directory, "plots"))
  invisible()
}

# The profile R would have run had `own`, our start.R, not been in its place.
user_profile <- function() {
  named <- Sys.getenv("R_PROFILE_USER", NA)
  candidates <- if (is.na(named)) c(".Rprofile", "~/.Rprofile") else named
  utils::head(Filter(file.exists, path.expand(candidates)), 1L)
}

# Makes R read the user's profile where it reads `own` to its end: in its own top-level loop, with its own errors.
continue_profile <- function(own) {
  profile <- user_profile()
  if (length(profile) == 1L && !.Call(farside_continue_file, path.expand(own), profile)) {
    warning("The profile ", profile, " was not run: ", own, " is not being read.", call. = FALSE)
  }
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
